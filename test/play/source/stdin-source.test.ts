import { spawn, spawnSync, type StdioOptions } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { until } from "./open-source.ts";

const READER = fileURLToPath(new URL("read-stdin.ts", import.meta.url));
const HAS_SCRIPT = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** Runs the reader to its end; what it said. */
async function run(stdin: "pipe" | "ignore" | number, input: readonly string[], ends: boolean, ...words: string[]) {
  const stdio: StdioOptions = [stdin, "pipe", "inherit"];
  const child = spawn(process.execPath, [READER, ...words], { stdio });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = child.stdout?.setEncoding("utf8").toArray();
  child.stdin?.on("error", () => undefined);
  for (const part of input) child.stdin?.write(part);
  if (ends) child.stdin?.end();
  return JSON.parse((await output)?.join("") ?? "") as unknown;
}

test("reads a pipe to its end", async () => {
  expect(await run("pipe", ["a".repeat(300_000), "b"], true)).toEqual({ bytes: 300_001, end: "end" });
});

test("reads a file, whose length it knows, and nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stdin-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "audio"), "a".repeat(200_000));
  const file = openSync(join(folder, "audio"), "r");
  expect(await run(file, [], true)).toEqual({ bytes: 200_000, end: "end", totalBytes: 200_000 });
  closeSync(file);
  expect(await run("ignore", [], true)).toEqual({ bytes: 0, end: "end" });
  const directory = openSync(folder, "r");
  expect(await run(directory, [], true)).toEqual({ failure: "input-unreadable: standard input is a folder" });
  closeSync(directory);
});

test("the process ends although the pipe stays open and nobody writes", async () => {
  expect(await run("pipe", ["abc"], false, "100")).toEqual({ bytes: 3, end: "Error: enough" });
});

test.skipIf(process.platform === "win32")("so it does with a shell's pipe", async () => {
  const line = `(printf abc; exec sleep 30) | { '${process.execPath}' '${READER}' 200; echo '"done"'; }`;
  const shell = spawn("sh", ["-c", line], { detached: true });
  onTestFinished(() => void (shell.pid !== undefined && process.kill(-shell.pid, "SIGKILL")));
  let output = "";
  shell.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  await until(() => output.includes("done"));
  expect(output).toBe('{"bytes":3,"end":"Error: enough"}\n"done"\n');
});

test.skipIf(!HAS_SCRIPT)("reads a terminal (needs script on the PATH)", async () => {
  const child = spawn("script", ["-qec", `'${process.execPath}' '${READER}' 300`, "/dev/null"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = child.stdout.setEncoding("utf8").toArray();
  child.stdin.write("hello\n");
  expect((await output).join("")).toContain('{"bytes":6,"end":"Error: enough"}');
});
