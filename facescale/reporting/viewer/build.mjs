// Bundles src/ with the parts of three.js that it uses into ../templates/viewer.js, and keeps three's licence beside
// it. Two builds of one lock file are equal byte for byte: tests/reporting/test_viewer.py builds it again and
// compares. `make viewer` runs this.
import { build } from "esbuild";
import { copyFile, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const three = join(here, "node_modules", "three");
const { version } = JSON.parse(await readFile(join(three, "package.json"), "utf8"));

await build({
  absWorkingDir: here,
  entryPoints: ["src/main.js"],
  outfile: join(here, "..", "templates", "viewer.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  // From the sources: the published bundle is one module that no bundler can shake.
  alias: { three: join(three, "src", "Three.js") },
  legalComments: "none",
  banner: { js: `/*! three.js ${version} (MIT, see viewer/LICENSE.three.txt) and facescale's viewer (Apache-2.0) */` },
});
await copyFile(join(three, "LICENSE"), join(here, "LICENSE.three.txt"));
