import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { ENTRY } from "../fixtures/entry.ts";

/** What a command did. */
export interface CommandRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run; by default without input and with the system's environment. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input: at once, or piece by piece as it is made. */
  readonly input?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Gets the standard output as it grows; may send the signal that it returns. */
  readonly onStdout?: (stdout: string) => NodeJS.Signals | undefined;
  /** Sends SIGINT, as Ctrl+C does, once this resolves. */
  readonly interruption?: Promise<unknown>;
}

/** An empty folder that is removed after the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "repartee-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the real command line from its sources, in a process of its own, with a settings folder of its own. */
export async function runRepartee(args: readonly string[], options: CommandOptions = {}): Promise<CommandRun> {
  const env = { ...process.env, REPARTEE_HOME: testFolder(), ...options.env };
  const child = spawn(process.execPath, [ENTRY, ...args], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    const signal = options.onStdout?.(stdout);
    if (signal) child.kill(signal);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => undefined);
  void options.interruption?.then(() => child.kill("SIGINT"));
  const { input } = options;
  if (input && Symbol.asyncIterator in input) Readable.from(input).pipe(child.stdin);
  else child.stdin.end(input);
  const exitCode = await new Promise<number | null>((done) => child.once("close", done));
  return { exitCode, stdout, stderr };
}
