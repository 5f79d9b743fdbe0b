import { describe, expect, test } from "vitest";
import type { Conduct } from "../../src-main/turn/conduct.ts";
import { deadlineOf } from "../../src-main/turn/machine.ts";
import { TURN_TUNING } from "../../src-main/turn/turn-tuning.ts";
import { Conversation } from "./machine-conversation.ts";

describe("a wake phrase", () => {
  const conduct: Partial<Conduct> = { mode: "wake-phrase" };

  test("begins a request; speech without it is forgotten without an answer", () => {
    const talk = new Conversation(conduct);
    talk.startSpeech(1000);
    expect(talk.commands.at(-1)).toMatchObject({ kind: "begin-turn", addressed: false });
    talk.pauseSpeech(2000);
    expect(talk.transcribe(2070, "What time is it?")).toBe("");
    expect(talk.wait()).toBe("forget close-utterance");
    expect(talk.is).toBe("listening");
    talk.startSpeech(5000);
    talk.pauseSpeech(6000);
    expect(talk.transcribe(6070, "Hey Repartee, what time is it?")).toBe("respond");
    expect(talk.commands.at(-1)).toMatchObject({ text: "what time is it?" });
  });

  test("alone opens a window in which it may be left out, and which closes", () => {
    const talk = new Conversation(conduct);
    talk.ask("Hey Repartee.");
    expect(talk.is).toBe("listening attentive");
    const closesAtMs = deadlineOf(talk.state) as number;
    expect(closesAtMs).toBeGreaterThanOrEqual(2000 + TURN_TUNING.calledFollowUpMs);
    talk.startSpeech(closesAtMs - 500);
    expect(talk.is).toBe("hearing");
    const silent = new Conversation(conduct);
    silent.ask("Hey Repartee.");
    silent.wait();
    expect(silent.is).toBe("listening");
  });

  test("may still be left out after a noise, and for no longer than before", () => {
    const talk = new Conversation(conduct);
    talk.ask("Hey Repartee.");
    const closesAtMs = deadlineOf(talk.state);
    talk.startSpeech(3000);
    talk.pauseSpeech(3300);
    expect(talk.transcribe(6000, "")).toBe("forget close-utterance");
    expect(deadlineOf(talk.state)).toBe(closesAtMs);
  });

  test("may still be left out after a noise with a pause in it", () => {
    const talk = new Conversation(conduct);
    talk.ask("Hey Repartee.");
    const closesAtMs = deadlineOf(talk.state);
    talk.startSpeech(3000);
    talk.pauseSpeech(3300);
    talk.tell(3564, { kind: "speech-resumed", atMs: 3500 });
    talk.pauseSpeech(3800);
    expect(talk.transcribe(6000, "")).toBe("forget close-utterance");
    expect(deadlineOf(talk.state)).toBe(closesAtMs);
  });

  test("is no part of the request, in a window or when the user goes on after it", () => {
    const talk = new Conversation(conduct);
    talk.startSpeech(1000);
    talk.pauseSpeech(2000);
    talk.transcribe(2070, "Hey Repartee.", 0.1);
    talk.tell(2300, { kind: "speech-resumed", atMs: 2200 });
    talk.pauseSpeech(3000);
    talk.transcribe(3070, "Hey Repartee. What time is it?");
    expect(talk.commands.at(-1)).toMatchObject({ kind: "respond", text: "What time is it?" });
  });

  test.each([
    [false, TURN_TUNING.followUpMs],
    [true, TURN_TUNING.questionFollowUpMs],
  ])("may be left out after a reply; that asked something: %s", (asksBack, followUpMs) => {
    const talk = new Conversation(conduct);
    talk.askAndHear("Hey Repartee, what time is it?");
    talk.finish(5000, asksBack);
    expect(deadlineOf(talk.state)).toBe(5000 + followUpMs);
  });

  test("interrupts a reply, and other words do not", () => {
    const talk = new Conversation(conduct);
    talk.askAndHear("Hey Repartee, what time is it?");
    talk.startSpeech(5000);
    expect(talk.overhear(5600, "did you feed the cat")).toBe("");
    expect(talk.overhear(5800, "hey repartee")).toBe("cut normal begin-turn");
  });
});

describe("push to talk", () => {
  test("only the key begins and ends a turn, pauses do not", () => {
    const talk = new Conversation({ mode: "push-to-talk" });
    expect(talk.startSpeech(500)).toBe("");
    expect(talk.tell(1000, { kind: "talk-key", pressed: true })).toBe("begin-turn");
    expect(talk.pauseSpeech(1500)).toBe("");
    expect(deadlineOf(talk.state)).toBeUndefined();
    talk.tell(2300, { kind: "speech-resumed", atMs: 2200 });
    expect(talk.tell(3000, { kind: "talk-key", pressed: false })).toBe("transcribe");
    expect(talk.transcribe(3100, "What time is it?", 0)).toBe("respond release close-utterance");
  });

  test("the key silences a reply in every mode, also while the conversation is paused", () => {
    for (const paused of [false, true]) {
      const talk = new Conversation();
      talk.askAndHear();
      if (paused) talk.tell(3000, { kind: "pause-changed", paused });
      expect(talk.tell(4000, { kind: "talk-key", pressed: true })).toBe("cut normal close-utterance begin-turn");
      expect(talk.is).toBe("hearing by-key");
    }
  });

  test("the key that says done ends the turn without silence", () => {
    const talk = new Conversation();
    talk.startSpeech(1000);
    expect(talk.tell(2000, { kind: "done-requested" })).toBe("transcribe");
    expect(talk.transcribe(2100, "I would like to", 0)).toBe("respond release close-utterance");
  });
});

describe("a paused conversation", () => {
  test("holds the reply, hears nothing, and goes on from there", () => {
    const talk = new Conversation();
    talk.askAndHear();
    expect(talk.tell(3000, { kind: "pause-changed", paused: true })).toBe("held close-utterance");
    expect(talk.startSpeech(4000)).toBe("");
    expect(deadlineOf(talk.state)).toBeUndefined();
    expect(talk.tell(9000, { kind: "pause-changed", paused: false })).toBe("normal close-utterance");
    expect(talk.is).toBe("speaking");
  });

  test("a reply that ends meanwhile leaves nothing held", () => {
    const talk = new Conversation();
    talk.ask();
    talk.tell(3000, { kind: "pause-changed", paused: true });
    expect(talk.finish(3100)).toBe("complete normal close-utterance");
    expect(talk.is).toBe("listening paused");
  });

  test("a stop silences the reply, and speech that had begun before is heard when it goes on", () => {
    const talk = new Conversation();
    talk.tell(1000, { kind: "pause-changed", paused: true });
    talk.startSpeech(2000);
    talk.pauseSpeech(2500);
    talk.tell(3000, { kind: "stop-requested" });
    expect(talk.tell(3100, { kind: "speech-resumed", atMs: 3050 })).toBe("begin-turn");
  });
});

test("in half duplex who goes on before anything is heard goes on with the same turn, and after that only stops it", () => {
  const talk = new Conversation({ duplex: "half" });
  talk.ask("What is the weather?");
  expect(talk.is).toBe("responding");
  const { turnId } = talk.key;
  const decidedAtMs = talk.state.phase.name === "responding" ? talk.state.phase.decidedAtMs : 0;
  talk.startSpeech(decidedAtMs + 400);
  expect(talk.overhear(decidedAtMs + 900, "in Paris tomorrow then")).toBe("normal reopen");
  expect(talk.key).toEqual({ turnId, revision: 2 });

  const late = new Conversation({ duplex: "half" });
  late.askAndHear();
  late.startSpeech(2230);
  expect(late.overhear(2900, "in Paris tomorrow then")).toBe("");
  expect(late.overhear(2950, "stop")).toBe("cut normal close-utterance");
});

test("with a wake phrase, what begins as an answer to the end of a reply is meant, and what began before it keeps the window open", () => {
  const talk = new Conversation({ mode: "wake-phrase" });
  talk.askAndHear("Hey Repartee, remind me of something.");
  talk.startSpeech(4850);
  talk.finish(5000, true);
  talk.pauseSpeech(5600);
  expect(talk.transcribe(5700, "the first")).toBe("respond");

  const other = new Conversation({ mode: "wake-phrase" });
  other.askAndHear("Hey Repartee, remind me of something.");
  other.startSpeech(3500);
  other.finish(5000, true);
  other.pauseSpeech(5600);
  other.transcribe(5700, "the other one is mine");
  expect(other.wait()).toBe("forget close-utterance");
  expect(other.is).toBe("listening attentive");
  expect(deadlineOf(other.state)).toBe(5000 + TURN_TUNING.questionFollowUpMs);
});

test("a key that is let go long after the last word still leaves time for the transcript", () => {
  const talk = new Conversation({ mode: "push-to-talk" });
  talk.tell(1000, { kind: "talk-key", pressed: true });
  talk.tell(5064, { kind: "speech-paused", speechEndedAtMs: 5000 });
  talk.tell(14_000, { kind: "talk-key", pressed: false });
  expect(deadlineOf(talk.state)).toBe(14_000 + TURN_TUNING.transcriptTimeoutMs);
});

test("a microphone that is lost while the talk key is held ends nothing: the key does, and the microphone may be back by then", () => {
  const talk = new Conversation({ mode: "push-to-talk" });
  talk.tell(5000, { kind: "talk-key", pressed: true });
  expect(talk.tell(5200, { kind: "microphone-lost", atMs: 1000 })).toBe("");
  expect(talk.tell(6000, { kind: "microphone-lost", atMs: 5900 })).toBe("");
  expect(talk.is).toBe("hearing by-key");
  expect(talk.tell(8000, { kind: "talk-key", pressed: false })).toBe("transcribe");
});

test("a microphone that is lost ends what was said hands-free, unless it was lost before", () => {
  const talk = new Conversation();
  talk.startSpeech(5000);
  expect(talk.tell(5200, { kind: "microphone-lost", atMs: 1000 })).toBe("");
  expect(talk.tell(6000, { kind: "microphone-lost", atMs: 5900 })).toBe("transcribe");
});
