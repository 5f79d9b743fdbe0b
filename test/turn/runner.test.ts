import { beforeEach, expect, test } from "vitest";
import { FRAME_MS, RECOGNITION_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { failed } from "../../src-shared/failure.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { TurnRunner } from "../../src-main/turn/runner.ts";
import { TURN_TUNING } from "../../src-main/turn/turn-tuning.ts";
import {
  FakeClock,
  FakeDetector,
  FakePlayer,
  FakeResponder,
  FakeSynthesizer,
  FakeTranscriber,
  settle,
} from "../fakes/fake-stages.ts";

let clock: FakeClock;
let transcriber: FakeTranscriber;
let responder: FakeResponder;
let synthesizer: FakeSynthesizer;
let player: FakePlayer;
let runner: TurnRunner;
let ended: TurnView[];

beforeEach(() => {
  clock = new FakeClock();
  transcriber = new FakeTranscriber();
  responder = new FakeResponder();
  synthesizer = new FakeSynthesizer();
  player = new FakePlayer();
  ended = [];
  const speaking = () => ({ voice: "slt", rateRatio: 1, volumeRatio: 0.8 });
  runner = new TurnRunner(
    { clock, detector: new FakeDetector(), transcriber, responder, synthesizer, player, speaking },
    { changed: () => undefined, turnEnded: (turn) => ended.push(turn), failed: () => undefined },
  );
  runner.tell({ kind: "opened" });
});

/** Feeds `ms` of speech or silence in real frames on the fake clock. */
async function hear(kind: "speech" | "silence", ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += FRAME_MS) {
    await clock.advanceTo(clock.nowMs() + FRAME_MS);
    await runner.hear(new Float32Array(RECOGNITION_FRAME_SAMPLES).fill(kind === "speech" ? 0.9 : 0), clock.nowMs());
    await settle();
  }
}

function lastTurn(): TurnView {
  return runner.turns.at(-1) as TurnView;
}

async function askAndHear(): Promise<void> {
  await hear("silence", 640);
  await hear("speech", 960);
  await hear("silence", 640);
  player.tell({ kind: "audible", generation: 1, atMs: clock.nowMs() });
}

test("a spoken question is transcribed, answered, spoken and remembered", async () => {
  await askAndHear();
  expect(runner.phase).toBe("speaking");
  expect(synthesizer.requests.map((request) => request.text)).toEqual(["It is noon.", "All is well."]);
  expect(player.calls).toEqual(["begin 1", "end 1 14400", "release 1"]);
  player.finish(1, 14_400, false);
  expect(runner.phase).toBe("listening");
  expect(ended[0]).toMatchObject({
    origin: "spoken",
    transcript: "What time is it?",
    reply: "It is noon. All is well.",
    heard: "It is noon. All is well.",
    interrupted: false,
  });
});

test("the reply is made during the silence and released only when it is over", async () => {
  await hear("silence", 320);
  await hear("speech", 640);
  await hear("silence", 256);
  expect(player.calls).toContain("begin 1");
  expect(player.calls).not.toContain("release 1");
  expect(runner.phase).toBe("deciding");
  await hear("silence", 320);
  expect(player.calls).toContain("release 1");
  const { speechEndedAtMs, turnDecidedAtMs, firstPcmAtMs } = lastTurn().marks;
  expect((turnDecidedAtMs as number) - (speechEndedAtMs as number)).toBeCloseTo(TURN_TUNING.endSilenceMs, -1.5);
  expect(firstPcmAtMs).toBeDefined();
});

test("the recognizer hears half a second before the first syllable", async () => {
  await hear("silence", 1600);
  await hear("speech", 960);
  await hear("silence", 640);
  const pcm = transcriber.requests.at(-1)?.pcm as Float32Array;
  const lead = pcm.findIndex((sample) => sample > 0.5) / 16;
  expect(lead).toBeGreaterThanOrEqual(499);
  expect(lead).toBeLessThanOrEqual(501);
  const speech = pcm.filter((sample) => sample > 0.5).length / 16;
  expect(speech).toBe(960);
});

test("effects run once, at the decision, and never when speech goes on", async () => {
  let effects = 0;
  responder.parts = [
    { kind: "effect", run: () => effects++ },
    { kind: "text", text: "Done." },
  ];
  await hear("speech", 640);
  await hear("silence", 256);
  await hear("speech", 320);
  expect(effects).toBe(0);
  expect(player.calls).toContain("flush");
  await hear("silence", 640);
  expect(effects).toBe(1);
  expect(responder.requests.map((request) => request.key.revision)).toEqual([1, 2]);
});

test("an interruption silences the reply and remembers what was heard of it", async () => {
  await askAndHear();
  await hear("speech", 128);
  expect(player.gainRatio).toBeCloseTo(0.8 * TURN_TUNING.duckRatio);
  await hear("speech", 320);
  expect(player.calls.at(-1)).toBe("flush");
  expect(player.gainRatio).toBeCloseTo(0.8);
  player.finish(1, 2400 * 4, true);
  expect(ended[0]).toMatchObject({ interrupted: true, heard: "It is noon. All" });
  expect(runner.phase).toBe("hearing");
  await hear("silence", 640);
  expect(responder.requests.at(-1)?.history).toEqual([
    { speaker: "user", text: "What time is it?", interrupted: false },
    { speaker: "assistant", text: "It is noon. All", interrupted: true },
  ]);
});

test("a short sound only ducks the reply", async () => {
  await askAndHear();
  await hear("speech", 160);
  await hear("silence", 320);
  expect(player.calls).not.toContain("flush");
  expect(player.gainRatio).toBeCloseTo(0.8);
  expect(runner.phase).toBe("speaking");
});

test("noise without words leaves no turn", async () => {
  transcriber.answer = { ok: true, value: "" };
  await hear("speech", 320);
  await hear("silence", 960);
  expect(runner.phase).toBe("listening");
  expect(runner.turns).toEqual([]);
});

test("a failed transcription is shown and the conversation goes on", async () => {
  transcriber.answer = failed("transcribe-failed", "transcribe", "broken", true);
  await hear("speech", 320);
  await hear("silence", 640);
  expect(lastTurn().failure?.code).toBe("transcribe-failed");
  expect(runner.phase).toBe("listening");
  transcriber.answer = { ok: true, value: "Hello." };
  await askAndHear();
  expect(runner.phase).toBe("speaking");
});

test("a failed synthesis ends the turn with the failure, and the text stays", async () => {
  synthesizer.answer = failed("speak-failed", "speak", "broken");
  await askAndHear();
  player.finish(1, 0, false);
  expect(ended[0]).toMatchObject({ reply: "It is noon. All is well.", heard: "", failure: { code: "speak-failed" } });
});

test("a reply without words ends the turn silently, spoken or typed", async () => {
  responder.parts = [];
  await hear("speech", 320);
  await hear("silence", 640);
  expect(runner.phase).toBe("listening");
  runner.tell({ kind: "text-entered", text: "never mind" });
  await settle();
  expect(runner.phase).toBe("listening");
  expect(ended.map((turn) => turn.origin)).toEqual(["spoken", "typed"]);
});

test("a typed request is answered at once, over a reply in progress", async () => {
  await askAndHear();
  runner.tell({ kind: "text-entered", text: "and now?" });
  await clock.advanceTo(clock.nowMs() + 100);
  expect(player.calls.slice(3)).toEqual(["flush", "begin 2", "release 2", "end 2 14400"]);
});

test("a bug in a responder becomes a failure of its turn", async () => {
  responder.respond = () => {
    throw new TypeError("oops");
  };
  runner.tell({ kind: "text-entered", text: "hi" });
  await settle();
  expect(lastTurn().failure).toMatchObject({ code: "respond-failed", detail: "TypeError: oops" });
  expect(runner.phase).toBe("listening");
});

test("a long monologue is transcribed in segments and joined", async () => {
  let part = 0;
  transcriber.transcribe = async (request) => {
    const seconds = request.pcm.length / 16_000;
    expect(seconds).toBeLessThan(25);
    return { ok: true, value: { text: `part${++part}`, tokens: [], tokenLogProbabilities: [], elapsedMs: 1 } };
  };
  for (let count = 0; count < 3; count++) {
    await hear("speech", 9_600);
    await hear("silence", 256);
  }
  await hear("silence", 320);
  expect(responder.requests.at(-1)?.text.split(" ")).toHaveLength(3);
});
