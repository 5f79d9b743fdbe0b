import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt } from "./ensure-built.mjs";
import { ensureInstalled, node, root } from "./ensure-installed.mjs";
import { runtimeEnvironment } from "./runtime-environment.mjs";

ensureInstalled();
ensureBuilt();
const child = spawn(node, [join(root, "out", "main", "repartee.js"), ...process.argv.slice(2)], {
  stdio: "inherit",
  env: runtimeEnvironment,
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
