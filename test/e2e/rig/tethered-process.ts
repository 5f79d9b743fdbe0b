import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Runs a program in a process group of its own that is killed as a whole when this process closes the group's standard input, or ends in
 * whatever way: the tether is a pipe, and the kernel closes it.
 */
const TETHER = 'exec 9<&0; { cat <&9 >/dev/null; kill -KILL 0; } & "$@" 9<&- </dev/null; kill -KILL 0';

/** Where a tethered program writes: file descriptors, or "pipe", or "ignore". */
export interface TetheredOutput {
  readonly stdout: "pipe" | "ignore" | number;
  readonly stderr: "ignore" | number;
}

/** A program that dies with this process, with all its children. */
export class TetheredProcess {
  readonly child: ChildProcess;
  /** Resolves when the program has ended. */
  readonly ended: Promise<void>;
  #hasEnded = false;

  constructor(command: readonly string[], env: NodeJS.ProcessEnv, output: TetheredOutput) {
    this.child = spawn("sh", ["-c", TETHER, "sh", ...command], {
      detached: true,
      env,
      stdio: ["pipe", output.stdout, output.stderr],
    });
    this.child.stdin?.on("error", () => undefined);
    this.ended = new Promise((resolve) =>
      this.child.once("exit", () => {
        this.#hasEnded = true;
        resolve();
      }),
    );
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Kills the whole group. */
  async end(): Promise<void> {
    this.child.stdin?.end();
    await this.ended;
  }
}

/** Full path of the first of these programs that is installed. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}
