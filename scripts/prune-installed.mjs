import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

// What packages bring along and nothing uses; runs after every npm install. The `node` package links its binary out of a package nested in
// it and leaves the rest of that behind, headers and an npm of its own: 68 MB. Others have their sources and maps beside what is built.
const MODULES = join(import.meta.dirname, "..", "node_modules");
for (const folder of ["node/node_modules", "openai/src", "libflacjs/src", "libflacjs/doc", "libflacjs/tools"]) {
  rmSync(join(MODULES, folder), { recursive: true, force: true });
}
removeMaps(join(MODULES, "openai"));

/** @param {string} folder */
function removeMaps(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    if (entry.isDirectory()) removeMaps(join(folder, entry.name));
    else if (entry.name.endsWith(".map")) rmSync(join(folder, entry.name), { force: true });
  }
}
