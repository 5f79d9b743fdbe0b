import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt } from "./ensure-built.mjs";
import { ensureInstalled, node, root } from "./ensure-installed.mjs";

ensureInstalled();
ensureBuilt();
const { status } = spawnSync(node, [join(root, "bench", "run.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(status ?? 1);
