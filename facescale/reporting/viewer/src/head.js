// One head as the page carries it, turned back into arrays. The writer is facescale/reporting/head_blob.py.

const loaded = new Map();
const waiting = new Map();

// Chunks of a report in a folder are scripts that call this, since a page opened from disk may fetch nothing.
globalThis.facescaleChunk = (id, text) => {
  loaded.set(id, text);
  waiting.get(id)?.();
  waiting.delete(id);
};

function loadScript(id, address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    waiting.set(id, resolve);
    script.src = address;
    script.onload = () => script.remove();
    script.onerror = () => reject(new Error(`cannot load ${address}`));
    document.head.append(script);
  });
}

async function textOf(id) {
  const inline = document.getElementById(`chunk-${id}`);
  if (inline) return inline.textContent;
  if (!loaded.has(id)) await loadScript(id, `heads/${id}.js`);
  const text = loaded.get(id);
  loaded.delete(id);
  return text;
}

async function bytesOf(id) {
  const packed = Uint8Array.from(atob((await textOf(id)).trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Each number is a zigzag difference from the one before; low bytes come first, then high bytes.
function differences(bytes, start, count) {
  const out = new Uint16Array(count);
  for (let k = 0, value = 0; k < count; k += 1) {
    const code = bytes[start + k] | (bytes[start + count + k] << 8);
    value += (code >> 1) ^ -(code & 1);
    out[k] = value;
  }
  return out;
}

function takePositions(bytes, start, count, { centre, step, offset }) {
  const out = new Float32Array(3 * count);
  for (let axis = 0; axis < 3; axis += 1) {
    const steps = differences(bytes, start + 2 * axis * count, count);
    for (let k = 0; k < count; k += 1) out[3 * k + axis] = (steps[k] - offset) * step + centre[axis];
  }
  return out;
}

function takeFaces(bytes, start, count) {
  const corner = [0, 1, 2].map((k) => differences(bytes, start + 2 * k * count, count));
  const out = new Uint16Array(3 * count);
  for (let k = 0; k < count; k += 1) {
    out[3 * k] = corner[0][k];
    out[3 * k + 1] = corner[0][k] + corner[1][k];
    out[3 * k + 2] = corner[0][k] + corner[2][k];
  }
  return out;
}

// Octahedral: two bytes a normal.
function takeNormals(bytes, start, count) {
  const out = new Float32Array(3 * count);
  for (let k = 0; k < count; k += 1) {
    let x = bytes[start + k] / 127.5 - 1;
    let y = bytes[start + count + k] / 127.5 - 1;
    const z = 1 - Math.abs(x) - Math.abs(y);
    if (z < 0) [x, y] = [(1 - Math.abs(y)) * Math.sign(x || 1), (1 - Math.abs(x)) * Math.sign(y || 1)];
    const length = Math.hypot(x, y, z) || 1;
    out.set([x / length, y / length, z / length], 3 * k);
  }
  return out;
}

function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, start: 4 + length };
}

const topologies = new Map();

function topology(id) {
  if (!topologies.has(id)) {
    topologies.set(id, bytesOf(id).then((bytes) => {
      const { header, start } = split(bytes);
      return takeFaces(bytes, start, header.faces);
    }));
  }
  return topologies.get(id);
}

// {centre, radius, parts: {scan?, fit?: {positions, faces?, normals?, errors?, spacing}}}
export async function readHead(id) {
  const bytes = await bytesOf(id);
  const { header, start } = split(bytes);
  const parts = {};
  let place = start;
  for (const part of header.parts) {
    const count = part.vertices;
    const mesh = { positions: takePositions(bytes, place, count, header), spacing: part.spacing };
    place += 6 * count;
    if (part.normals) {
      mesh.normals = takeNormals(bytes, place, count);
      place += 2 * count;
    }
    if (part.errors) {
      mesh.errors = bytes.subarray(place, place + count);
      place += count;
    }
    if (part.faces) {
      mesh.faces = takeFaces(bytes, place, part.faces);
      place += 6 * part.faces;
    }
    if (part.topology) mesh.faces = await topology(part.topology);
    parts[part.name] = mesh;
  }
  return { centre: header.centre, radius: header.radius, parts };
}
