import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt } from "./ensure-built.mjs";
import { ensureInstalled, node, root } from "./ensure-installed.mjs";

ensureInstalled();
ensureBuilt();
runOnNode24([join(root, "out", "main", "repartee.js"), ...process.argv.slice(2)]);

/** Runs a script on Node 24: in this process if it is one, else in a child that gets the same streams and signals. */
function runOnNode24(args) {
  if (process.versions.node.startsWith("24.")) {
    process.argv = [process.execPath, ...args];
    void import(args[0]);
    return;
  }
  const child = spawn(node, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
