import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TetheredProcess } from "../../e2e/rig/tethered-process.ts";
import { ENTRY } from "../../fixtures/entry.ts";

const LONGEST_START_MS = 60_000;

/** `repartee serve` in a process of its own, on a free port and with settings of its own; it dies with this process. */
export class ServingProcess {
  /** Like `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly #process: TetheredProcess;
  readonly #home: string;

  private constructor(url: string, process: TetheredProcess, home: string) {
    this.url = url;
    this.#process = process;
    this.#home = home;
  }

  /** Resolves once the engines are ready. Rejects when the server ends before, or takes more than a minute. */
  static async start(args: readonly string[] = []): Promise<ServingProcess> {
    const command = [process.execPath, ENTRY, "serve", "--port", "0", "--silent", ...args];
    const home = mkdtempSync(join(tmpdir(), "repartee-serving-"));
    const env = { ...process.env, REPARTEE_HOME: home };
    const started = new TetheredProcess(command, env, { stdout: "pipe", stderr: "ignore" });
    const said = Promise.withResolvers<string | undefined>();
    let text = "";
    started.child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      const url = /Repartee serves at (\S+)\n/.exec(text)?.[1];
      if (url !== undefined) said.resolve(url);
    });
    const late = sleep(LONGEST_START_MS, undefined, { ref: false });
    const url = await Promise.race([said.promise, started.ended.then(() => undefined), late.then(() => undefined)]);
    if (url !== undefined) return new ServingProcess(url, started, home);
    await started.end();
    throw new Error("repartee serve did not start");
  }

  /** Address of a path for WebSockets. */
  socketUrl(path: string): string {
    return `${this.url.replace("http", "ws")}${path}`;
  }

  /** What a metric without labels says now; NaN when there is none. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split("\n").find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? Number.NaN);
  }

  async end(): Promise<void> {
    await this.#process.end();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
