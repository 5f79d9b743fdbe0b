import { beforeEach, describe, expect, test } from "vitest";
import { failed, succeeded } from "../../src-shared/failure.ts";
import { endSilenceMs, LONG_HABIT_MS } from "../../src-main/turn/patience.ts";
import { FakeConversation } from "../fakes/fake-conversation.ts";
import { settle } from "../fakes/fake-stages.ts";

let talk: FakeConversation;

beforeEach(() => {
  talk = new FakeConversation();
});

describe("a spoken question", () => {
  test("is transcribed, answered, spoken and remembered", async () => {
    await talk.askAndHear();
    expect(talk.runner.phase).toBe("speaking");
    expect(talk.synthesizer.requests.map((request) => request.text)).toEqual(["It is noon.", "All is well."]);
    expect(talk.player.calls).toEqual(expect.arrayContaining(["begin 1", "end 1 14400", "release 1"]));
    expect(talk.player.calls).toHaveLength(3);
    talk.player.finish(1, 14_400, false);
    expect(talk.runner.phase).toBe("listening");
    expect(talk.ended[0]).toMatchObject({
      origin: "spoken",
      transcript: "What time is it?",
      reply: "It is noon. All is well.",
      heard: "It is noon. All is well.",
      interrupted: false,
    });
  });

  test.each([
    ["surely over", 1],
    ["perhaps over", 0.5],
    ["surely not over", 0],
  ])("whose turn is %s is answered after the silence for it, and not before", async (_, endProbability) => {
    talk.predictor.answer = succeeded(endProbability);
    const silenceMs = endSilenceMs(endProbability, "balanced", LONG_HABIT_MS);
    await talk.wait(320);
    await talk.say(640);
    await talk.wait(Math.floor((silenceMs - 32) / 32) * 32);
    expect(talk.player.calls).not.toContain("release 1");
    if (silenceMs > 200) expect(talk.player.calls).toContain("begin 1");
    await talk.wait(96);
    expect(talk.player.calls).toContain("release 1");
    const { speechEndedAtMs = 0, turnDecidedAtMs = 0 } = talk.lastTurn.marks;
    expect(turnDecidedAtMs - speechEndedAtMs).toBeGreaterThan(silenceMs - 0.001);
    expect(turnDecidedAtMs - speechEndedAtMs).toBeLessThan(silenceMs + 40);
  });

  test("that is understood is answered sooner", async () => {
    talk.predictor.answer = succeeded(0.6);
    talk.responder.parts = [{ kind: "text", text: "It is noon.", isUnderstood: true }];
    await talk.say(640);
    await talk.wait(256);
    expect(talk.player.calls).toContain("release 1");
  });

  test("whose end cannot be predicted is answered as if it were as likely as not, and the failure is told", async () => {
    talk.predictor.answer = failed("detect-failed", "detect", "broken");
    await talk.say(640);
    await talk.wait(endSilenceMs(0.5, "balanced", LONG_HABIT_MS) + 64);
    expect(talk.player.calls).toContain("release 1");
    expect(talk.failures).toMatchObject([{ code: "detect-failed" }]);
  });

  test("is heard from half a second before the first syllable on", async () => {
    await talk.wait(1600);
    await talk.say(960);
    await talk.wait(640);
    const pcm = talk.transcriber.requests.at(-1)?.pcm as Float32Array;
    const lead = pcm.findIndex((sample) => sample > 0.5) / 16;
    expect(lead).toBeGreaterThanOrEqual(499);
    expect(lead).toBeLessThanOrEqual(501);
    expect(pcm.filter((sample) => sample > 0.5).length / 16).toBe(960);
  });

  test("that goes on voids the answer made in advance: its effects never run, then once", async () => {
    let effects = 0;
    talk.responder.parts = [
      { kind: "effect", run: () => effects++ },
      { kind: "text", text: "Done." },
    ];
    talk.predictor.answer = succeeded(0);
    await talk.say(640);
    await talk.wait(256);
    expect(talk.player.calls).toContain("begin 1");
    await talk.say(320);
    expect(effects).toBe(0);
    expect(talk.player.calls).toContain("flush");
    expect(talk.player.calls).not.toContain("release 1");
    talk.predictor.answer = succeeded(1);
    await talk.wait(640);
    expect(effects).toBe(1);
    expect(talk.responder.requests.map((request) => request.key.revision)).toEqual([1, 2]);
  });

  test("of half a minute is transcribed in segments and joined", async () => {
    let part = 0;
    talk.transcriber.transcribe = async (request) => {
      expect(request.pcm.length / 16_000).toBeLessThan(25);
      return succeeded({ text: `part${++part}`, tokens: [], tokenLogProbabilities: [], elapsedMs: 1 });
    };
    talk.predictor.answer = succeeded(0);
    for (let count = 0; count < 3; count++) {
      await talk.say(9600);
      await talk.wait(256);
    }
    await talk.wait(2000);
    const words = talk.responder.requests.at(-1)?.text.split(" ") ?? [];
    expect(words).toHaveLength(3);
    expect(words).toEqual([...new Set(words)]);
  });
});

describe("what goes wrong", () => {
  test("noise without words leaves no turn", async () => {
    await talk.say(320, "");
    await talk.wait(2400);
    expect(talk.runner.phase).toBe("listening");
    expect(talk.runner.turns).toEqual([]);
  });

  test("a failed transcription is shown and the conversation goes on", async () => {
    talk.transcriber.answer = failed("transcribe-failed", "transcribe", "broken", true);
    await talk.say(320);
    await talk.wait(640);
    expect(talk.lastTurn.failure?.code).toBe("transcribe-failed");
    expect(talk.runner.phase).toBe("listening");
    await talk.askAndHear("Hello.");
    expect(talk.runner.phase).toBe("speaking");
  });

  test("a failed synthesis ends the turn with the failure, and the text stays", async () => {
    talk.synthesizer.answer = failed("speak-failed", "speak", "broken");
    await talk.askAndHear();
    talk.player.finish(1, 0, false);
    expect(talk.ended[0]).toMatchObject({ reply: "It is noon. All is well.", heard: "" });
    expect(talk.ended[0]?.failure?.code).toBe("speak-failed");
  });

  test("what a synthesizer gave before it failed is played to its end", async () => {
    talk.synthesizer.answer = failed("source-lost", "speak", "broke off");
    talk.synthesizer.samplesBeforeFailure = 1_000;
    await talk.askAndHear();
    expect(talk.player.calls).toContain("end 1 2000");
  });

  test("a reply without words ends the turn silently, spoken or typed", async () => {
    talk.responder.parts = [];
    await talk.say(320);
    await talk.wait(640);
    expect(talk.runner.phase).toBe("listening");
    talk.runner.tell({ kind: "text-entered", text: "never mind" });
    await settle();
    expect(talk.runner.phase).toBe("listening");
    expect(talk.ended.map((turn) => turn.origin)).toEqual(["spoken", "typed"]);
  });

  test("a bug in a responder becomes a failure of its turn", async () => {
    talk.responder.respond = () => {
      throw new TypeError("oops");
    };
    talk.runner.tell({ kind: "text-entered", text: "hi" });
    await settle();
    expect(talk.lastTurn.failure).toMatchObject({ code: "respond-failed", detail: "TypeError: oops" });
    expect(talk.runner.phase).toBe("listening");
  });
});

test("a typed request is answered at once, over a reply in progress", async () => {
  await talk.askAndHear();
  talk.runner.tell({ kind: "text-entered", text: "and now?" });
  await talk.clock.advanceTo(talk.clock.nowMs() + 100);
  expect(talk.player.calls.slice(3)).toEqual(["flush", "begin 2", "release 2", "end 2 14400"]);
});
