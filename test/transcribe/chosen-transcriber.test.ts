import { beforeEach, expect, test } from "vitest";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { ChosenTranscriber } from "../../src-main/transcribe/chosen-transcriber.ts";
import type { Transcriber, Transcript } from "../../src-main/turn/ports.ts";

const PCM = new Float32Array(16_000);
const NEVER = new AbortController().signal;
const LOST = failed("source-lost", "transcribe", "example.org went away", true);

/** Answers by hand. */
class ScriptedTranscriber implements Transcriber {
  readonly waiting: { answer: (outcome: Outcome<string>) => void; fail: (error: Error) => void }[] = [];
  isClosed = false;

  async transcribe(_: unknown, signal: AbortSignal): Promise<Outcome<Transcript>> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<string>>();
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    this.waiting.push({ answer: resolve, fail: reject });
    const outcome = await promise;
    if (!outcome.ok) return outcome;
    return succeeded({ text: outcome.value, tokens: [], tokenLogProbabilities: [], elapsedMs: 0 });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const { fail } of this.waiting) fail(new Error("closed"));
  }
}

/** Says which one it is. */
class NamedTranscriber implements Transcriber {
  readonly name: string;
  isClosed = false;

  constructor(name: string) {
    this.name = name;
  }

  async transcribe(): Promise<Outcome<Transcript>> {
    return succeeded({ text: this.name, tokens: [], tokenLogProbabilities: [], elapsedMs: 0 });
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

let choice: { server: string; useEmbeddedOnFailure: boolean };
let made: Map<string, ScriptedTranscriber>;
let told: (string | undefined)[];
let clockMs: number;
let embedded: NamedTranscriber;
let chosen: ChosenTranscriber<typeof choice>;

beforeEach(() => {
  choice = { server: "one", useEmbeddedOnFailure: true };
  made = new Map();
  told = [];
  clockMs = 0;
  embedded = new NamedTranscriber("embedded");
  chosen = new ChosenTranscriber({
    embedded,
    choice: () => choice,
    create: ({ server }) => {
      if (server === "") return undefined;
      const transcriber = new ScriptedTranscriber();
      made.set(server, transcriber);
      return transcriber;
    },
    onChange: (failure) => told.push(failure?.detail),
    nowMs: () => clockMs,
  });
});

/** What is heard when `server` answers so; without an answer nobody may ask it. */
async function hear(answer?: Outcome<string>, server = choice.server): Promise<Outcome<string>> {
  const before = made.get(server)?.waiting.length ?? 0;
  const transcribed = chosen.transcribe({ pcm: PCM }, NEVER);
  expect(made.get(server)?.waiting.length ?? 0).toBe(before + (answer ? 1 : 0));
  if (answer) made.get(server)?.waiting.at(-1)?.answer(answer);
  const outcome = await transcribed;
  return outcome.ok ? succeeded(outcome.value.text) : outcome;
}

test("the embedded recognizer hears until a server is chosen, and nothing is made before", async () => {
  choice = { ...choice, server: "" };
  expect(await hear()).toEqual(succeeded("embedded"));
  expect(made.size).toBe(0);
  choice = { ...choice, server: "one" };
  expect(await hear(succeeded("distant"), "one")).toEqual(succeeded("distant"));
  expect(told).toEqual([]);
});

test("where the server fails the embedded recognizer hears the same request, and the server rests for 30 s", async () => {
  expect(await hear(LOST)).toEqual(succeeded("embedded"));
  expect(told).toEqual(["example.org went away"]);
  clockMs = 29_999;
  expect(await hear()).toEqual(succeeded("embedded"));
  clockMs = 30_000;
  expect(await hear(LOST)).toEqual(succeeded("embedded"));
  clockMs = 59_000;
  expect(await hear()).toEqual(succeeded("embedded"));
  clockMs = 60_000;
  expect(await hear(succeeded("distant"))).toEqual(succeeded("distant"));
  expect(await hear(succeeded("again"))).toEqual(succeeded("again"));
  expect(told).toEqual(["example.org went away", "example.org went away", undefined]);
});

test("without the embedded recognizer in reserve a failure is one of recognition, and the next request asks again", async () => {
  choice = { ...choice, useEmbeddedOnFailure: false };
  const failure = { code: "transcribe-failed", stage: "transcribe", detail: "example.org went away" };
  expect(await hear(LOST)).toMatchObject({ ok: false, failure });
  expect(await hear(succeeded("distant"))).toEqual(succeeded("distant"));
  expect(told).toEqual(["example.org went away", undefined]);
});

test("a changed choice in mid-request: the old server still answers, is closed then, and its failure is not told", async () => {
  const first = chosen.transcribe({ pcm: PCM }, NEVER);
  choice = { ...choice, server: "two" };
  expect(await hear(succeeded("of two"))).toEqual(succeeded("of two"));
  expect(made.get("one")?.isClosed).toBe(false);
  made.get("one")?.waiting[0]?.answer(LOST);
  expect(await first).toMatchObject({ ok: true, value: { text: "embedded" } });
  expect(made.get("one")?.isClosed).toBe(true);
  expect(told).toEqual([]);
  expect(await hear(succeeded("of two"))).toEqual(succeeded("of two"));
});

test("without its model it is asked again later, and made anew then", async () => {
  const first = hear(failed("model-missing", "models", "the model is missing"));
  expect(await first).toEqual(succeeded("embedded"));
  const before = made.get("one");
  clockMs = 29_999;
  expect(await hear()).toEqual(succeeded("embedded"));
  expect([made.get("one") === before, before?.isClosed]).toEqual([true, false]);
  clockMs = 30_000;
  const transcribed = chosen.transcribe({ pcm: PCM }, NEVER);
  expect([made.get("one") === before, before?.isClosed]).toEqual([false, true]);
  made.get("one")?.waiting[0]?.answer(succeeded("distant"));
  expect(await transcribed).toMatchObject({ ok: true, value: { text: "distant" } });
  expect(told).toEqual(["the model is missing", undefined]);
});

test("a changed choice forgets the failure, and closes what is idle at once when it is told of", async () => {
  expect(await hear(LOST)).toEqual(succeeded("embedded"));
  choice = { ...choice, server: "" };
  chosen.follow();
  expect(told).toEqual(["example.org went away", undefined]);
  expect(made.get("one")?.isClosed).toBe(true);
  choice = { ...choice, server: "two" };
  expect(await hear(succeeded("of two"))).toEqual(succeeded("of two"));
});

test("an aborted request is no failure of the server", async () => {
  const abort = new AbortController();
  const transcribed = chosen.transcribe({ pcm: PCM }, abort.signal);
  abort.abort(new Error("not wanted"));
  await expect(transcribed).rejects.toThrow("not wanted");
  expect(told).toEqual([]);
  expect(await hear(succeeded("distant"))).toEqual(succeeded("distant"));
});

test("closing closes both, whatever is under way", async () => {
  const transcribed = chosen.transcribe({ pcm: PCM }, NEVER);
  const old = made.get("one");
  choice = { ...choice, server: "two" };
  chosen.follow();
  await chosen.close();
  expect([old?.isClosed, made.get("two")?.isClosed, embedded.isClosed]).toEqual([true, true, true]);
  expect(await transcribed).toMatchObject({ ok: true, value: { text: "embedded" } });
  expect(await hear(undefined, "two")).toEqual(succeeded("embedded"));
  expect(told).toEqual([]);
});
