import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { ConversationState } from "../../../src-main/wire/conversation-engine.ts";
import { STEP_SAMPLES } from "../../../src-main/wire/served-conversation.ts";
import { FramedPcmHost, type FramedPcmHostOptions } from "../../../src-main/wire/framed-pcm/framed-pcm-host.ts";
import { testFolder } from "../../cli/run-repartee.ts";
import { encodeAudio, encodePacket, encodeText, PACKET_KINDS } from "../../../src-main/wire/framed-pcm/packet-codec.ts";
import { ECHO, peerProgram } from "./peer-program.ts";

const QUICK_RETRY = { firstDelayMs: 1, longestDelayMs: 2 };
const ONE_RUN = { mostAttempts: 1 };

/** A host of a program in Node, what came of it, and the end of both. */
class HostedProgram {
  readonly states: ConversationState[] = [];
  readonly sound: Float32Array[] = [];
  text = "";
  readonly host: FramedPcmHost;
  #tellNews: () => void = () => undefined;

  constructor(lines: string, options: Partial<FramedPcmHostOptions> = {}) {
    this.host = new FramedPcmHost({
      command: process.execPath,
      args: peerProgram(lines),
      retry: QUICK_RETRY,
      killAfterMs: 100,
      output: {
        write: (pcm) => this.#note(() => this.sound.push(pcm)),
        text: (piece) => this.#note(() => (this.text += piece)),
      },
      onState: (state) => this.#note(() => this.states.push(state)),
      ...options,
    });
    onTestFinished(() => this.host.close());
  }

  /** Feeds 80 ms of sound every few ms until `isOver`. */
  async feedUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      this.host.hear(new Float32Array(STEP_SAMPLES).fill(0.25));
      await Promise.race([this.#news(), delay(5)]);
    }
  }

  async until(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.#news();
  }

  get kinds(): string {
    return this.states.map(({ kind }) => kind).join(" ");
  }

  get isReady(): boolean {
    return this.states.at(-1)?.kind === "ready";
  }

  get isOver(): boolean {
    return ["failed", "closed"].includes(this.states.at(-1)?.kind ?? "");
  }

  /** The codes of what interrupted it, and of how it failed. */
  get codes(): string[] {
    return this.states.flatMap((state) => ("failure" in state ? state.failure.code : []));
  }

  #news(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tellNews = resolve;
    return promise;
  }

  #note(change: () => unknown): void {
    change();
    this.#tellNews();
  }
}

/** So many runs ended for the same reason, then the host gave up. */
function expectGivenUp(program: HostedProgram, code: string, runs = 4): void {
  expect(program.states.filter(({ kind }) => kind === "starting")).toHaveLength(runs);
  expect(program.codes).toEqual(Array.from({ length: runs + 1 }, () => code));
  expect(program.states.at(-1)?.kind).toBe("failed");
}

test("what the program says is passed on", async () => {
  const program = new HostedProgram(
    `send(0); let n = 0; onAudio((body) => { send(1, body); send(2, " word" + ++n); });`,
  );
  program.host.hear(new Float32Array(10).fill(0.9));
  await program.until(() => program.isReady);
  program.host.hear(Float32Array.of(0.5, -0.5, 2, -2));
  program.host.hear(Float32Array.of(0.25));
  await program.until(() => program.text === " word1 word2");
  expect(program.sound.map((pcm) => [...pcm])).toEqual([
    [16_384, -16_384, 32_767, -32_767].map((sample) => sample / 32_768),
    [8_192 / 32_768],
  ]);
  await program.host.close();
  expect(program.kinds).toBe("starting ready closed");
});

test("extra bytes of the handshake, pings, unknown kinds and empty texts are tolerated", async () => {
  const program = new HostedProgram(`send(0, "12345678"); send(6); send(77, "x"); send(2); send(1, Buffer.alloc(2));`);
  await program.until(() => program.sound.length === 1);
  expect(program.text).toBe("");
});

test("a program that does not exist is not started again", async () => {
  const program = new HostedProgram("", { command: "/no/such/program" });
  await program.until(() => program.isOver);
  expect(program.kinds).toBe("starting interrupted failed");
  expect(program.codes).toEqual(["source-unreachable", "source-unreachable"]);
});

test("one that ends before it is ready is unreachable; its last words are kept for diagnostics alone", async () => {
  const program = new HostedProgram(`console.error("no such\\nmodel"); process.exitCode = 3;`);
  await program.until(() => program.isOver);
  expectGivenUp(program, "source-unreachable");
  expect(program.host.lastErrorLines).toEqual(Array.from({ length: 4 }, () => ["no such", "model"]).flat());
  expect(JSON.stringify(program.states)).toMatch(/with exit code 3/);
  expect(JSON.stringify(program.states)).not.toMatch(/model/);
});

test("one that dies in conversation is lost, after what it had said", async () => {
  const program = new HostedProgram(
    `${ECHO} let n = 0; onAudio(() => { if (++n === 3) process.kill(process.pid, "SIGKILL"); });`,
  );
  await program.feedUntil(() => program.isOver);
  expectGivenUp(program, "source-lost");
  expect(program.kinds).toBe(`${"starting ready interrupted ".repeat(4)}failed`);
  expect(program.sound.length).toBeGreaterThan(0);
});

test("wherever in a session one ends, the host is told within its time", async () => {
  const session = Buffer.concat([
    encodePacket(PACKET_KINDS.handshake),
    encodeAudio(Float32Array.of(0, 0.5)),
    encodeText(PACKET_KINDS.text, " hi"),
  ]);
  const positions = Array.from({ length: session.length + 1 }, (_, bytes) => bytes);
  const ended = await Promise.all(
    positions.map(async (bytes) => {
      const start = session.subarray(0, bytes).toString("hex");
      const program = new HostedProgram(`process.stdout.write(Buffer.from("${start}", "hex"));`, {
        retry: ONE_RUN,
      });
      await program.until(() => program.isOver);
      return program;
    }),
  );
  for (const [bytes, program] of ended.entries()) {
    expect(program.codes[0]).toBe(bytes < 5 ? "source-unreachable" : "source-lost");
    expect(program.sound).toHaveLength(bytes < 14 ? 0 : 1);
    expect(program.text).toBe(bytes < session.length ? "" : " hi");
  }
});

test("one that works again after a restart goes on", async () => {
  const dieOnce = `${ECHO} setTimeout(() => undefined, 1e6); if (!require("fs").existsSync(process.env.MARK)) {
    require("fs").writeFileSync(process.env.MARK, ""); process.exit(1); }`;
  const program = new HostedProgram(dieOnce, { env: { ...process.env, MARK: `${testFolder()}/mark` } });
  await program.feedUntil(() => program.sound.length > 3);
  expect(program.codes).toHaveLength(1);
});

test("one that is not ready in time, or says nothing to what it hears, or hardly anything, has timed out", async () => {
  const sleepy = new HostedProgram(`setTimeout(() => undefined, 1e6);`, {
    handshakeTimeoutMs: 60,
    retry: ONE_RUN,
  });
  await sleepy.until(() => sleepy.isOver);
  expect(sleepy.codes).toEqual(["source-timeout", "source-timeout"]);
  const mute = new HostedProgram(`send(0); onAudio(() => undefined);`, { stallMs: 60, retry: ONE_RUN });
  await mute.feedUntil(() => mute.isOver);
  expectGivenUp(mute, "source-timeout", 1);
  const dripping = `let bytes = packet(0, FRAME); const drip = () => process.stdout.write(bytes.subarray(0, 1), () => {
    bytes = bytes.subarray(1); setTimeout(drip, 3); }); drip();`;
  const slow = new HostedProgram(dripping, { handshakeTimeoutMs: 200, retry: ONE_RUN });
  await slow.until(() => slow.isOver);
  expectGivenUp(slow, "source-timeout", 1);
  const slower = new HostedProgram(`send(0); onAudio(() => undefined); ${dripping.replace("(0,", "(1,")}`, {
    stallMs: 60,
    retry: ONE_RUN,
  });
  await slower.feedUntil(() => slower.isOver);
  expectGivenUp(slower, "source-timeout", 1);
  const deaf = new HostedProgram(`send(0); setTimeout(() => undefined, 1e6);`, {
    stallMs: 60,
    mostWaitingMs: 10,
    retry: ONE_RUN,
  });
  await deaf.feedUntil(() => deaf.isOver);
  expectGivenUp(deaf, "source-timeout", 1);
});

test("silence of one that is not fed is no stall", async () => {
  const program = new HostedProgram(ECHO, { stallMs: 30 });
  await program.until(() => program.isReady);
  await delay(150);
  expect(program.isReady).toBe(true);
});

test.each([
  ["words on its output", `console.log("Loading the model");`],
  ["sound before it is ready", `send(1, FRAME);`],
  ["a length of 0", `send(0); process.stdout.write(Buffer.alloc(4));`],
  ["a length of 4 GiB", `send(0); process.stdout.write(Buffer.alloc(4, 255));`],
  ["half a sample", `send(0); send(1, Buffer.alloc(3));`],
  [
    "more sound than it heard",
    `send(0); const flood = () => { for (let i = 0; i < 20; i++) send(1, FRAME); setImmediate(flood); }; flood();`,
  ],
  ["text without end", `send(0); const flood = () => { send(2, "x".repeat(5000)); setImmediate(flood); }; flood();`],
])("one that writes %s breaks the protocol", async (_, lines) => {
  const program = new HostedProgram(`${lines} setTimeout(() => undefined, 1e6);`, { mostAheadMs: 400, retry: ONE_RUN });
  await program.until(() => program.isOver);
  expectGivenUp(program, "protocol-error", 1);
  expect(program.sound.length).toBeLessThanOrEqual(5);
  expect(program.text.length).toBeLessThanOrEqual(65_536);
});

test("closing stops a program that does not want to end, and nothing is told afterwards", async () => {
  const program = new HostedProgram(
    `process.on("SIGTERM", () => send(2, process.pid + "")); ${ECHO} send(2, process.pid + ""); setInterval(() => undefined, 1e6);`,
  );
  await program.until(() => program.text !== "");
  const pid = Number(program.text);
  expect(process.kill(pid, 0)).toBe(true);
  await program.host.close();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  expect(program.kinds).toBe("starting ready closed");
  expect(Number(program.text)).toBe(pid);
});

test("closing ends the wait for a restart", async () => {
  const program = new HostedProgram(`process.exit(1);`, { retry: { firstDelayMs: 60_000, longestDelayMs: 60_000 } });
  await program.until(() => program.kinds === "starting interrupted");
  await program.host.close();
  expect(program.kinds).toBe("starting interrupted closed");
});

test.for([
  { command: "", args: [] },
  { command: "program", args: ["nul\0"] },
])("a command that no system takes is a failure", async (command) => {
  const { promise, resolve } = Promise.withResolvers<ConversationState>();
  const onState = (state: ConversationState): void => void (state.kind === "failed" && resolve(state));
  const host = new FramedPcmHost({ ...command, output: { write: () => undefined, text: () => undefined }, onState });
  expect(await promise).toMatchObject({ failure: { code: "source-unreachable" } });
  await host.close();
});
