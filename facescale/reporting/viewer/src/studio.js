// The one WebGL context of the page: draws any head into it and copies the picture to where it is wanted.
// Light and materials are those of facescale/rendering/shading.py, so that pictures and turning heads look alike.
import {
  BufferAttribute, BufferGeometry, DoubleSide, Mesh, PerspectiveCamera, Points, Scene, ShaderMaterial, WebGLRenderer,
} from "three";

const FIELD_OF_VIEW = 16;

const LIGHT = /* glsl */ `
  vec3 studio(vec3 albedo, vec3 normal, bool inside) {
    vec3 light = vec3(0.20 + 0.10 * normal.y);
    float gloss = 0.0;
    vec3 key = normalize(vec3(-0.50, 0.62, 0.72));
    vec3 fill = normalize(vec3(0.85, 0.10, 0.45));
    vec3 rim = normalize(vec3(0.30, 0.55, -0.80));
    light += 0.78 * clamp((dot(normal, key) + 0.20) / 1.20, 0.0, 1.0) * vec3(1.00, 0.97, 0.93);
    light += 0.26 * clamp((dot(normal, fill) + 0.35) / 1.35, 0.0, 1.0) * vec3(0.90, 0.95, 1.00);
    light += 0.30 * clamp(dot(normal, rim), 0.0, 1.0) * vec3(0.95, 0.98, 1.00);
    vec3 eye = vec3(0.0, 0.0, 1.0);
    gloss += 0.78 * pow(max(dot(normal, normalize(key + eye)), 0.0), 28.0);
    gloss += 0.26 * pow(max(dot(normal, normalize(fill + eye)), 0.0), 28.0);
    vec3 linear = albedo * light * (inside ? 0.38 : 1.0) + (inside ? 0.0 : 0.07 * gloss);
    linear = clamp(linear, 0.0, 1.0);
    return mix(12.92 * linear, 1.055 * pow(linear, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, linear));
  }
`;

const MATERIAL = {
  vertexShader: /* glsl */ `
    attribute vec3 paint;
    uniform float reach;
    varying vec3 vPaint;
    varying vec3 vNormal;
    void main() {
      vPaint = paint;
      vNormal = normalMatrix * normal;
      vec4 seen = modelViewMatrix * vec4(position, 1.0);
      gl_Position = projectionMatrix * seen;
      gl_PointSize = max(reach / -seen.z, 1.5);
    }
  `,
  fragmentShader: /* glsl */ `
    varying vec3 vPaint;
    varying vec3 vNormal;
    uniform bool points;
    ${LIGHT}
    void main() {
      if (points && distance(gl_PointCoord, vec2(0.5)) > 0.5) discard;
      vec3 normal = normalize(vNormal);
      bool inside = !points && !gl_FrontFacing;
      // A point has no back: its estimated normal may look either way.
      if (points ? normal.z < 0.0 : inside) normal = -normal;
      gl_FragColor = vec4(studio(vPaint, normal, inside), 1.0);
    }
  `,
};

const linear = (byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

// "rrggbb" after "rrggbb" -> linear triples.
export const palette = (hex) => Float32Array.from(hex.match(/../g), (pair) => linear(parseInt(pair, 16)));

function object(mesh, colours, plain) {
  const geometry = new BufferGeometry();
  const count = mesh.positions.length / 3;
  geometry.setAttribute("position", new BufferAttribute(mesh.positions, 3));
  if (mesh.faces) geometry.setIndex(new BufferAttribute(mesh.faces, 1));
  if (mesh.normals) geometry.setAttribute("normal", new BufferAttribute(mesh.normals, 3));
  else geometry.computeVertexNormals();
  const paint = new Float32Array(3 * count);
  for (let k = 0; k < count; k += 1) {
    const at = mesh.errors ? 3 * mesh.errors[k] : 0;
    const from = mesh.errors ? colours : plain;
    for (let c = 0; c < 3; c += 1) paint[3 * k + c] = from[at + c];
  }
  geometry.setAttribute("paint", new BufferAttribute(paint, 3));
  const uniforms = { points: { value: !mesh.faces }, reach: { value: 1 } };
  const material = new ShaderMaterial({ ...MATERIAL, uniforms, side: DoubleSide });
  return mesh.faces ? new Mesh(geometry, material) : new Points(geometry, material);
}

export class Studio {
  // Throws where the browser gives no WebGL.
  constructor({ colours, clay, slate }) {
    this.colours = palette(colours);
    this.clay = palette(clay);
    this.slate = palette(slate);
    this.renderer = new WebGLRenderer({ antialias: true, alpha: true, powerPreference: "low-power" });
    this.renderer.setPixelRatio(1);
    this.renderer.setClearColor(0x000000, 0);
    this.camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 1, 10);
    this.scene = new Scene();
    this.side = 0;
  }

  // What `draw` takes; `dispose` gives its memory back.
  prepare(head) {
    const models = {};
    for (const [name, mesh] of Object.entries(head.parts)) {
      models[name] = object(mesh, this.colours, name === "scan" ? this.slate : this.clay);
      models[name].frustumCulled = false;
      models[name].userData.spacing = mesh.spacing;
    }
    return { ...head, models };
  }

  dispose(prepared) {
    for (const model of Object.values(prepared.models)) {
      model.geometry.dispose();
      model.material.dispose();
    }
  }

  // Draws into a 2D canvas: scan and fit dissolve into each other by the share of the fit.
  draw(prepared, canvas, { yaw, pitch, zoom, share, plain }) {
    const side = canvas.width;
    if (side > this.side) {
      this.side = side;
      this.renderer.setSize(side, side, false);
    }
    this.renderer.setViewport(0, 0, side, side);
    const { centre, radius, models } = prepared;
    const distance = radius / Math.tan((FIELD_OF_VIEW * Math.PI) / 360);
    this.camera.zoom = zoom;
    this.camera.near = distance - 2.5 * radius;
    this.camera.far = distance + 2.5 * radius;
    this.camera.position.set(
      centre[0] + distance * Math.sin(yaw) * Math.cos(pitch),
      centre[1] + distance * Math.sin(pitch),
      centre[2] + distance * Math.cos(yaw) * Math.cos(pitch),
    );
    this.camera.lookAt(...centre);
    this.camera.updateProjectionMatrix();
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, side, side);
    // Added up, the two shares make an exact dissolve, which drawing one over the other would not.
    context.globalCompositeOperation = "lighter";
    const shares = models.fit && models.scan ? { scan: 1 - share, fit: share } : { scan: 1, fit: 1 };
    for (const [name, model] of Object.entries(models)) {
      if (shares[name] <= 0) continue;
      this.#render(model, prepared, side * zoom, distance);
      context.globalAlpha = shares[name];
      const top = this.side - side;
      context.drawImage(this.renderer.domElement, 0, top, side, side, 0, 0, side, side);
    }
  }

  #render(model, prepared, pixels, distance) {
    const spacing = model.userData.spacing || 0;
    model.material.uniforms.reach.value = (spacing * distance * pixels) / (2 * prepared.radius);
    this.scene.clear();
    this.scene.add(model);
    this.renderer.render(this.scene, this.camera);
  }
}
