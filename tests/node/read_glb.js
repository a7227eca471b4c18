// What three.js makes of one GLB, as JSON with base64 arrays. Usage: node read_glb.js FILE.
// "blended" are the vertices in the scene's frame with the file's own weights, as three.js would draw them.
import { readFile } from "node:fs/promises";
import { Vector3 } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

const data = await readFile(process.argv[2]);
const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
const gltf = await new GLTFLoader().parseAsync(bytes, "");
gltf.scene.updateMatrixWorld(true);

const packed = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
const meshes = [];
gltf.scene.traverse((mesh) => {
  if (!mesh.isMesh) return;
  const { position, normal, uv } = mesh.geometry.attributes;
  const blended = new Float64Array(3 * position.count);
  const point = new Vector3();
  for (let k = 0; k < position.count; k += 1) {
    mesh.getVertexPosition(k, point).applyMatrix4(mesh.matrixWorld).toArray(blended, 3 * k);
  }
  const morphs = mesh.geometry.morphAttributes;
  meshes.push({
    name: mesh.name,
    dictionary: mesh.morphTargetDictionary ?? {},
    influences: mesh.morphTargetInfluences ?? [],
    relative: mesh.geometry.morphTargetsRelative,
    normals: morphs.normal ? morphs.normal.length : 0,
    extras: mesh.userData,
    bones: mesh.isSkinnedMesh ? mesh.skeleton.bones.map((bone) => bone.userData.name ?? bone.name) : [],
    position: packed(position.array),
    normal: packed(normal.array),
    uv: uv ? packed(uv.array) : "",
    index: packed(new Uint32Array(mesh.geometry.index.array)),
    blended: packed(blended),
    targets: (morphs.position ?? []).map((target) => packed(target.array)),
  });
});
process.stdout.write(JSON.stringify({ copyright: gltf.asset.copyright ?? "", meshes }));
