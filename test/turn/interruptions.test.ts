import { beforeEach, expect, test } from "vitest";
import { succeeded } from "../../src-shared/failure.ts";
import { TURN_TUNING } from "../../src-main/turn/turn-tuning.ts";
import { FakeConversation } from "../fakes/fake-conversation.ts";

let talk: FakeConversation;

/** The answer is heard up to "It is noon. All". */
beforeEach(async () => {
  talk = new FakeConversation();
  await talk.askAndHear();
  await talk.wait(TURN_TUNING.cutOffMs);
  talk.progress(2400 * 4);
});

test("speech over a reply ducks it within 100 ms and holds it soon", async () => {
  await talk.say(96, "");
  expect(talk.player.gainRatio).toBeCloseTo(0.8 * TURN_TUNING.duckRatio);
  expect(talk.player.calls).not.toContain("pause 1");
  await talk.say(TURN_TUNING.holdAfterMs);
  expect(talk.player.calls.at(-1)).toBe("pause 1");
});

test("speech that is over and not yet understood holds the reply as well", async () => {
  talk.transcriber.transcribe = () => new Promise(() => {});
  await talk.say(160);
  await talk.wait(TURN_TUNING.holdAfterMs - 160);
  expect(talk.player.calls.at(-1)).toBe("pause 1");
});

test("a click does not hold the reply", async () => {
  talk.transcriber.transcribe = () => new Promise(() => {});
  await talk.say(96);
  await talk.wait(TURN_TUNING.holdAfterMs + 200);
  expect(talk.player.calls).not.toContain("pause 1");
});

test("a stop phrase is understood when the speech pauses, before it is over", async () => {
  await talk.say(128, "Stop.");
  await talk.wait(TURN_TUNING.attendTailMs - 32);
  expect(talk.player.calls.at(-1)).toBe("flush");
});

test("after a backchannel the reply goes on from its sample, at full volume", async () => {
  await talk.say(480, "Mm-hmm.");
  expect(talk.player.calls.at(-1)).toBe("pause 1");
  await talk.wait(320);
  expect(talk.player.calls.at(-1)).toBe("resume 1");
  expect(talk.player.calls).not.toContain("flush");
  expect(talk.player.gainRatio).toBeCloseTo(0.8);
  expect(talk.runner.phase).toBe("speaking");
  expect(talk.shown).toEqual(new Set([1]));
});

test.each([
  ["goes on when the recognizer is not sure of them", -1, "resume 1"],
  ["is cut when it is", -0.5, "flush"],
])("a reply that is held by few words %s", async (_, tokenLogProbability, expected) => {
  talk.transcriber.tokenLogProbability = tokenLogProbability;
  await talk.say(352, "Real not.");
  await talk.wait(320);
  expect(talk.player.calls.filter((call) => call === "flush" || call === "resume 1")).toEqual([expected]);
});

test("speech without words is waited for two seconds at most", async () => {
  talk.transcriber.transcribe = () => new Promise(() => {});
  await talk.say(1920);
  expect(talk.player.calls.at(-1)).toBe("resume 1");
  expect(talk.player.gainRatio).toBeCloseTo(0.8);
});

test("a stop phrase silences the reply and is no request", async () => {
  await talk.say(320, "Stop.");
  expect(talk.player.calls.at(-1)).toBe("flush");
  expect(talk.player.gainRatio).toBeCloseTo(0.8);
  await talk.wait(960);
  expect(talk.responder.requests).toHaveLength(1);
  expect(talk.runner.phase).toBe("listening");
  talk.player.finish(1, 2400 * 4, true);
  expect(talk.runner.turns.map((turn) => turn.turnId)).toEqual([1]);
});

test("a stop phrase works while the answer hangs", async () => {
  talk.player.finish(1, 14_400, false);
  talk.responder.respond = async function* () {
    await new Promise(() => {});
    yield { kind: "text", text: "never" };
  };
  await talk.wait(TURN_TUNING.echoTailMs);
  await talk.say(640, "Tell me a story.");
  await talk.wait(640);
  expect(talk.runner.phase).toBe("responding");
  await talk.say(320, "Stop.");
  await talk.wait(960);
  expect(talk.runner.phase).toBe("listening");
  expect(talk.ended.at(-1)).toMatchObject({ transcript: "Tell me a story.", interrupted: true });
});

test("an interruption cuts within 500 ms, and memory holds what was heard", async () => {
  await talk.say(480, "What about tomorrow then?");
  expect(talk.player.calls.at(-1)).toBe("flush");
  talk.player.finish(1, 2400 * 4, true);
  expect(talk.ended[0]).toMatchObject({ interrupted: true, heard: "It is noon. All" });
  expect(talk.runner.phase).toBe("hearing");
  await talk.wait(640);
  expect(talk.responder.requests.at(-1)).toMatchObject({
    text: "What about tomorrow then?",
    history: [
      { speaker: "user", text: "What time is it?", interrupted: false },
      { speaker: "assistant", text: "It is noon. All", interrupted: true },
    ],
  });
});

test("an interruption is transcribed from its first syllable on", async () => {
  await talk.say(640, "What about tomorrow then?");
  await talk.wait(640);
  const pcm = talk.transcriber.requests.at(-1)?.pcm as Float32Array;
  expect(pcm.filter((sample) => sample > 0.5).length / 16).toBe(640);
});

test("the echo of its own words neither stops the reply nor is a turn", async () => {
  talk.progress(14_400);
  await talk.say(640, "noon all is well");
  await talk.wait(320);
  expect(talk.player.calls).not.toContain("flush");
  expect(talk.player.gainRatio).toBeCloseTo(0.8);
});

test("the echo of its own words just after the reply is forgotten", async () => {
  talk.player.finish(1, 14_400, false, talk.clock.nowMs());
  await talk.say(640, "It is noon, all is well.");
  await talk.wait(2400);
  expect(talk.runner.phase).toBe("listening");
  expect(talk.responder.requests).toHaveLength(1);
  await talk.say(640, "It is noon, all is well.");
  await talk.wait(2400);
  expect(talk.responder.requests).toHaveLength(2);
});

test("who speaks before the answer begins goes on with the same turn", async () => {
  talk.player.finish(1, 14_400, false);
  await talk.wait(TURN_TUNING.echoTailMs);
  await talk.say(640, "What is the weather");
  await talk.wait(320);
  expect(talk.runner.phase).toBe("responding");
  await talk.say(640, "What is the weather in New York?");
  await talk.wait(640);
  const { key, text } = talk.responder.requests.at(-1) ?? {};
  expect({ key, text }).toEqual({ key: { turnId: 2, revision: 2 }, text: "What is the weather in New York?" });
  expect(talk.runner.turns.map((turn) => turn.turnId)).toEqual([1, 2]);
  const pcm = talk.transcriber.requests.at(-1)?.pcm as Float32Array;
  expect(pcm.filter((sample) => sample > 0.5).length / 16).toBe(1280);
});

test("an interruption is answered with the certainty of its own end", async () => {
  talk.predictor.answer = succeeded(0);
  await talk.say(640, "What about tomorrow then?");
  await talk.wait(960);
  expect(talk.runner.phase).toBe("deciding");
});
