import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const START_TIMEOUT_MS = 20_000;

/** The built assistant with its browser shell, as `npm start` runs it where Electron is not installed. */
export interface RunningApp {
  readonly url: string;
  readonly processId: number;
  /** Ends it as Ctrl-C would, and resolves with its exit code. */
  close(): Promise<number>;
}

/** Starts the built assistant with settings of its own and resolves once it listens. */
export async function startApp(env: NodeJS.ProcessEnv): Promise<RunningApp> {
  const home = mkdtempSync(join(tmpdir(), "repartee-home-"));
  const entry = resolve(import.meta.dirname, "../../out/main/repartee.js");
  const child = spawn(process.execPath, [entry, "window", "--no-open"], {
    env: { ...env, REPARTEE_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<number>((done) => child.once("exit", (code) => done(code ?? -1)));
  let url = "";
  const listening = new Promise<void>((done, fail) => {
    const timer = setTimeout(() => fail(new Error("the assistant did not start in time")), START_TIMEOUT_MS);
    void exited.then((code) => fail(new Error(`the assistant exited with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      url = /http:\S+/.exec(line)?.[0] ?? url;
      if (!line.includes("is listening")) return;
      clearTimeout(timer);
      done();
    });
  });
  await listening;
  return {
    url,
    processId: child.pid as number,
    close: async () => {
      child.kill("SIGINT");
      const code = await exited;
      rmSync(home, { recursive: true, force: true });
      return code;
    },
  };
}
