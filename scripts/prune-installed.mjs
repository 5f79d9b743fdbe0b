import { rmSync } from "node:fs";
import { join } from "node:path";

// The `node` package links its binary out of a package nested in it and leaves the rest of that package behind: headers and an npm of its
// own, 68 MB that nothing uses. Runs after every npm install.
rmSync(join(import.meta.dirname, "..", "node_modules", "node", "node_modules"), { recursive: true, force: true });
