import { expect, test } from "vitest";
import { FakeConversation } from "../fakes/fake-conversation.ts";
import { settle } from "../fakes/fake-stages.ts";

test("a slow answer is announced by a word, which is no part of it", async () => {
  const talk = new FakeConversation();
  const { promise: thought, resolve: think } = Promise.withResolvers<void>();
  talk.responder.respond = async function* () {
    await thought;
    yield { kind: "text", text: "It is noon." };
  };
  await talk.say(640);
  await talk.wait(2400);
  expect(talk.synthesizer.requests.map(({ text }) => text)).toEqual(["One moment."]);
  expect(talk.player.calls).toEqual(["begin 1", "end 1 4800", "release 1"]);
  think();
  await talk.wait(640);
  expect(talk.player.calls).toHaveLength(3);
  talk.player.finish(1, 4800, false);
  await talk.wait(640);
  expect(talk.player.calls.slice(3)).toEqual(["begin 2", "release 2", "end 2 7200"]);
  talk.player.finish(2, 7200, false);
  expect(talk.ended).toMatchObject([{ reply: "It is noon.", heard: "It is noon." }]);
});

test("the word is held as well while the conversation is paused", async () => {
  const talk = new FakeConversation();
  talk.responder.respond = async function* () {
    await new Promise(() => {});
    yield { kind: "text", text: "never" };
  };
  await talk.say(640);
  await talk.wait(2400);
  talk.runner.tell({ kind: "pause-changed", paused: true });
  expect(talk.player.calls.at(-1)).toBe("pause 1");
  talk.runner.tell({ kind: "pause-changed", paused: false });
  expect(talk.player.calls.at(-1)).toBe("resume 1");
});

test("a fast answer is not announced, however long it is spoken", async () => {
  const talk = new FakeConversation();
  await talk.askAndHear();
  await talk.wait(3200);
  expect(talk.synthesizer.requests.map(({ text }) => text)).toEqual(["It is noon.", "All is well."]);
});

test("with a wake phrase, other speech is never shown and never answered", async () => {
  const talk = new FakeConversation({ mode: "wake-phrase" });
  await talk.say(640, "Did you feed the cat?");
  expect(talk.runner.phase).toBe("listening");
  await talk.wait(2400);
  expect(talk.shown.size).toBe(0);
  expect(talk.ended).toEqual([]);
  await talk.say(640, "Hey Repartee, what time is it?");
  await talk.wait(640);
  expect(talk.responder.requests.map(({ text }) => text)).toEqual(["what time is it?"]);
  expect(talk.shown.size).toBe(1);
});

test("the wake phrase alone is a request to listen, and so is the end of an answer", async () => {
  const talk = new FakeConversation({ mode: "wake-phrase" });
  await talk.say(640, "Hey Repartee.");
  await talk.wait(640);
  expect(talk.runner.attentive).toBe(true);
  expect(talk.runner.turns).toEqual([]);
  await talk.say(640, "What time is it?");
  await talk.wait(640);
  expect(talk.responder.requests.map(({ text }) => text)).toEqual(["What time is it?"]);
  talk.player.finish(1, 14_400, false);
  expect(talk.runner.attentive).toBe(true);
  await talk.wait(4160);
  expect(talk.runner.attentive).toBe(false);
});

test("asleep, a timer that is due waits for talk nearby, but not for as long as it goes on", async () => {
  const talk = new FakeConversation({ mode: "wake-phrase" });
  await talk.say(1_600, "and then she told me");
  talk.runner.tell({ kind: "announcement-due", text: "Your timer is done." });
  await talk.say(1_600);
  expect(talk.player.calls).toEqual([]);
  await talk.say(3_200);
  expect(talk.player.calls).toContain("release 1");
  expect(talk.lastTurn).toMatchObject({ origin: "announcement", reply: "Your timer is done." });
});

test("push to talk: what is said while the key is held is one turn, answered when it is let go", async () => {
  const talk = new FakeConversation({ mode: "push-to-talk" });
  await talk.say(640, "not for you");
  await talk.wait(640);
  expect(talk.transcriber.requests).toEqual([]);
  talk.runner.tell({ kind: "talk-key", pressed: true });
  await talk.say(640, "What time is it?");
  await talk.wait(3200);
  await talk.say(320);
  expect(talk.player.calls).toEqual([]);
  talk.runner.tell({ kind: "talk-key", pressed: false });
  await talk.wait(96);
  expect(talk.player.calls).toContain("release 1");
  expect(talk.responder.requests).toHaveLength(1);
});

test("while the key is held the microphone may go away for a while: what is said before and after is one turn", async () => {
  const talk = new FakeConversation({ mode: "push-to-talk" });
  await talk.wait(640);
  talk.runner.tell({ kind: "talk-key", pressed: true });
  await talk.say(640);
  talk.runner.tell({ kind: "microphone-lost", atMs: talk.clock.nowMs() });
  await talk.clock.advanceTo(talk.clock.nowMs() + 5_000);
  await talk.wait(640);
  await talk.say(320);
  expect(talk.player.calls).toEqual([]);
  talk.runner.tell({ kind: "talk-key", pressed: false });
  await talk.wait(96);
  expect(talk.player.calls).toContain("release 1");
  const spokenMs = talk.transcriber.requests.map(({ pcm }) => pcm.filter((sample) => sample > 0.5).length / 16);
  expect(spokenMs).toEqual(expect.arrayContaining([640, 320]));
  expect(talk.responder.requests).toHaveLength(1);
});

test("the key silences an answer at once, and letting it go without a word leaves no turn", async () => {
  const talk = new FakeConversation({ mode: "push-to-talk" });
  talk.runner.tell({ kind: "text-entered", text: "hi" });
  await settle();
  talk.player.tell({ kind: "audible", generation: 1, atMs: talk.clock.nowMs() });
  talk.runner.tell({ kind: "talk-key", pressed: true });
  expect(talk.player.calls.at(-1)).toBe("flush");
  talk.player.finish(1, 2400, true);
  talk.transcriber.answer = { ok: true, value: "" };
  await talk.wait(640);
  talk.runner.tell({ kind: "talk-key", pressed: false });
  await talk.wait(320);
  expect(talk.runner.phase).toBe("listening");
  expect(talk.runner.turns.map((turn) => turn.transcript)).toEqual(["hi"]);
});

test("the key that says done ends a hands-free turn without silence", async () => {
  const talk = new FakeConversation();
  await talk.say(640);
  talk.runner.tell({ kind: "done-requested" });
  await talk.say(96);
  expect(talk.player.calls).toContain("release 1");
});

test("a paused conversation holds the answer at its sample, hears nothing, and goes on from there", async () => {
  const talk = new FakeConversation();
  await talk.askAndHear();
  talk.runner.tell({ kind: "pause-changed", paused: true });
  expect(talk.runner.paused).toBe(true);
  expect(talk.player.calls.at(-1)).toBe("pause 1");
  const heard = talk.transcriber.requests.length;
  await talk.say(960, "Are you there?");
  await talk.wait(960);
  expect(talk.transcriber.requests).toHaveLength(heard);
  talk.runner.tell({ kind: "pause-changed", paused: false });
  expect(talk.player.calls.at(-1)).toBe("resume 1");
  expect(talk.player.gainRatio).toBeCloseTo(0.8);
  expect(talk.player.calls).not.toContain("flush");
});

test("an answer that is made while the conversation is paused is not heard until it goes on", async () => {
  const talk = new FakeConversation();
  const { promise: thought, resolve: think } = Promise.withResolvers<void>();
  talk.responder.respond = async function* () {
    await thought;
    yield { kind: "text", text: "It is noon." };
  };
  talk.runner.tell({ kind: "text-entered", text: "What time is it?" });
  talk.runner.tell({ kind: "pause-changed", paused: true });
  think();
  await talk.wait(320);
  expect(talk.player.calls.slice(0, 3)).toEqual(["begin 1", "pause 1", "release 1"]);
  talk.runner.tell({ kind: "pause-changed", paused: false });
  expect(talk.player.calls).toContain("resume 1");
});

test("with an echo as loud as speech, only a stop phrase interrupts, and the answer is never ducked", async () => {
  const talk = new FakeConversation({ duplex: "half" });
  await talk.askAndHear();
  await talk.wait(960);
  await talk.say(640, "What about tomorrow then?");
  await talk.wait(640);
  expect(talk.player.gainRatio).toBeCloseTo(0.8);
  expect(talk.player.calls).toHaveLength(3);
  await talk.say(480, "Stop.");
  expect(talk.player.calls.at(-1)).toBe("flush");
});

test.each(["half", "guarded"] as const)("its own word is not taken for a stop phrase in %s duplex", async (duplex) => {
  const talk = new FakeConversation({ duplex });
  const { promise: thought, resolve: think } = Promise.withResolvers<void>();
  talk.responder.respond = async function* () {
    await thought;
    yield { kind: "text", text: "It is noon." };
  };
  await talk.say(640);
  await talk.wait(2400);
  expect(talk.synthesizer.requests.map(({ text }) => text)).toEqual(["One moment."]);
  await talk.say(480, "One moment.");
  talk.player.finish(1, 4800, false);
  await talk.wait(640);
  expect(talk.runner.phase).toBe("responding");
  think();
  await talk.wait(320);
  talk.player.finish(2, 7200, false);
  expect(talk.ended).toMatchObject([{ reply: "It is noon.", heard: "It is noon.", interrupted: false }]);
});

test("who goes on after half a minute of talk is heard from where the turn was decided", async () => {
  const talk = new FakeConversation();
  await talk.say(35_200, "A long story.");
  await talk.wait(256);
  expect(talk.runner.phase).toBe("responding");
  await talk.say(640);
  await talk.wait(640);
  expect(talk.lastTurn).toMatchObject({ transcriptIsFinal: true });
  expect(talk.lastTurn.failure).toBeUndefined();
  for (const { pcm } of talk.transcriber.requests) expect(pcm.length).toBeLessThanOrEqual(30 * 16_000);
  expect(talk.lastTurn.transcript).toMatch(/^(A long story\. ?){2,}$/);
});

test("letting the key go in the middle of a word waits for the sound of it", async () => {
  const talk = new FakeConversation({ mode: "push-to-talk" });
  await talk.wait(640);
  talk.runner.tell({ kind: "talk-key", pressed: true });
  await talk.say(320);
  await talk.clock.advanceTo(talk.clock.nowMs() + 24);
  talk.runner.tell({ kind: "talk-key", pressed: false });
  await settle();
  expect(talk.transcriber.requests).toHaveLength(0);
  await talk.say(32);
  expect(talk.transcriber.requests).toHaveLength(1);
  await talk.wait(96);
  expect(talk.player.calls).toContain("release 1");
});

test("with a microphone that brings nothing more, letting the key go waits a moment only", async () => {
  const talk = new FakeConversation({ mode: "push-to-talk" });
  await talk.wait(640);
  talk.runner.tell({ kind: "talk-key", pressed: true });
  await talk.say(320);
  await talk.clock.advanceTo(talk.clock.nowMs() + 24);
  talk.runner.tell({ kind: "talk-key", pressed: false });
  await talk.clock.advanceTo(talk.clock.nowMs() + 300);
  await settle();
  expect(talk.transcriber.requests).toHaveLength(1);
});
