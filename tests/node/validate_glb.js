// Khronos' validator on one file: prints its whole report as JSON. Usage: node validate_glb.js FILE.
import { readFile } from "node:fs/promises";
import validator from "gltf-validator";

const data = await readFile(process.argv[2]);
const report = await validator.validateBytes(new Uint8Array(data), { maxIssues: 100 });
process.stdout.write(JSON.stringify(report));
