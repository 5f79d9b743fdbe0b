import { describe, expect, test } from "vitest";
import { failure } from "../../src-shared/failure.ts";
import type { Fact } from "../../src-main/turn/facts.ts";
import { CLOSED, deadlineOf, step } from "../../src-main/turn/machine.ts";
import { endSilenceMs, LONG_HABIT_MS, longestSilenceMs } from "../../src-main/turn/patience.ts";
import { TURN_TUNING } from "../../src-main/turn/turn-tuning.ts";
import { Conversation } from "./machine-conversation.ts";

describe("the end of a turn", () => {
  test("who has surely finished waits least, and the reply is made before it is decided", () => {
    const talk = new Conversation();
    expect(talk.startSpeech(1000)).toBe("begin-turn");
    expect(talk.pauseSpeech(2000)).toBe("transcribe");
    expect(talk.transcribe(2070, "What time is it?")).toBe("respond");
    expect(deadlineOf(talk.state)).toBe(2000 + endSilenceMs(1, "balanced", LONG_HABIT_MS));
    expect(talk.wait()).toBe("release close-utterance");
  });

  test("who has surely not finished waits longest, and a late transcript decides at once", () => {
    const talk = new Conversation();
    talk.startSpeech(1000);
    talk.pauseSpeech(2000);
    talk.transcribe(2070, "I would like to", 0);
    expect(deadlineOf(talk.state)).toBe(2000 + longestSilenceMs("balanced"));
    const late = new Conversation();
    late.startSpeech(1000);
    late.pauseSpeech(2000);
    expect(late.transcribe(3000, "What time is it?")).toBe("respond release close-utterance");
  });

  test.each(["quick", "balanced", "patient"] as const)("a maximum wait always ends: %s", (patience) => {
    const talk = new Conversation({ patience });
    talk.startSpeech(1000);
    talk.pauseSpeech(2000);
    expect(deadlineOf(talk.state)).toBe(2000 + longestSilenceMs(patience));
    talk.wait();
    expect(deadlineOf(talk.state)).toBe(2064 + TURN_TUNING.transcriptTimeoutMs);
    expect(talk.wait()).toBe("forget close-utterance");
    expect(talk.commands).toContainEqual(
      expect.objectContaining({ kind: "forget", failure: expect.objectContaining({ code: "transcribe-failed" }) }),
    );
  });

  test("what a skill understands is answered at once where its end is likely, and not where words are missing", () => {
    const deadlines = [0.6, 0.1].map((endProbability) => {
      const talk = new Conversation();
      talk.startSpeech(1000);
      talk.pauseSpeech(2000);
      talk.transcribe(2070, "What time is it?", endProbability);
      const beforeMs = deadlineOf(talk.state);
      talk.tell(2075, { kind: "reply-begun", key: { ...talk.key, revision: 0 }, isUnderstood: true });
      talk.tell(2076, { kind: "reply-begun", key: talk.key, isUnderstood: true });
      return [beforeMs, deadlineOf(talk.state)];
    });
    expect(deadlines).toEqual([
      [3600, 2160],
      [3600, 3600],
    ]);
  });

  test("speech that goes on voids the reply made in advance with a higher revision", () => {
    const talk = new Conversation();
    talk.startSpeech(1000);
    talk.pauseSpeech(2000);
    const { key } = talk;
    talk.transcribe(2070, "I would like to", 0.2);
    expect(talk.tell(2400, { kind: "speech-resumed", atMs: 2300 })).toBe("revise");
    expect(talk.key).toEqual({ turnId: key.turnId, revision: key.revision + 1 });
    const stale: Fact = { kind: "transcript-ready", key, text: "I would", endProbability: 1, spokenText: "" };
    expect(talk.tell(2450, stale)).toBe("");
  });

  test("the echo of what was just said is no turn", () => {
    const talk = new Conversation();
    talk.startSpeech(1000);
    talk.pauseSpeech(2000);
    const said = "the next train leaves at noon";
    expect(talk.transcribe(2070, "next train leaves at noon", 1, said)).toBe("");
    expect(talk.wait()).toBe("forget close-utterance");
  });
});

describe("speech over a reply", () => {
  test.each(["hands-free", "push-to-talk", "wake-phrase"] as const)("a stop phrase cuts it: %s", (mode) => {
    for (const duplex of ["full", "guarded", "half"] as const) {
      for (const hangs of [false, true]) {
        const talk = new Conversation({ mode, duplex });
        talk.tell(900, { kind: "text-entered", text: "tell me a story" });
        if (!hangs) talk.tell(1000, { kind: "audio-started", key: talk.key });
        talk.startSpeech(9000);
        expect(talk.overhear(9200, "stop")).toMatch(/^cut normal/);
        while (talk.is !== "listening") {
          if (talk.is.startsWith("hearing")) talk.pauseSpeech(9300);
          if (talk.is.startsWith("deciding") && !talk.is.endsWith("understood")) talk.transcribe(9400, "Stop.");
          else talk.wait();
        }
        expect(talk.commands.filter(({ kind }) => kind === "respond")).toHaveLength(1);
      }
    }
  });

  test("it ducks at once, is held soon, and goes on after a backchannel", () => {
    const talk = new Conversation();
    talk.askAndHear();
    expect(talk.startSpeech(5000)).toBe("ducked attend");
    expect(deadlineOf(talk.state)).toBe(5000 + TURN_TUNING.holdAfterMs);
    expect(talk.wait()).toBe("held");
    expect(talk.overhear(5350, "yeah")).toBe("");
    expect(talk.pauseSpeech(5400)).toBe("attend-pause");
    expect(talk.overhear(5480, "Yeah.", true)).toBe("normal close-utterance");
    expect(talk.is).toBe("speaking");
  });

  test("without words that explain it, it goes on after two seconds", () => {
    const talk = new Conversation();
    talk.askAndHear();
    talk.startSpeech(5000);
    talk.wait();
    expect(deadlineOf(talk.state)).toBeLessThanOrEqual(7000);
    expect(talk.wait()).toBe("normal");
    expect(deadlineOf(talk.state)).toBeUndefined();
    expect(talk.overhear(7200, "what about tomorrow then")).toBe("cut normal begin-turn");
  });

  test("its own words are not an interruption", () => {
    const talk = new Conversation();
    talk.askAndHear();
    talk.startSpeech(5000);
    expect(talk.overhear(5300, "the train leaves at", false, "the train leaves at noon")).toBe("normal");
    expect(talk.is).toBe("speaking ignored");
  });

  test("a real interruption is a new turn, with the pause that was already there", () => {
    const talk = new Conversation();
    talk.askAndHear();
    talk.startSpeech(5000);
    talk.pauseSpeech(5600);
    expect(talk.overhear(5700, "What about tomorrow?", true)).toBe("cut normal begin-turn transcribe");
    expect(talk.transcribe(5800, "What about tomorrow?")).toMatch(/^respond/);
    expect(talk.key.turnId).toBe(2);
  });

  test.each([
    ["before it begins", false, 2400],
    ["just as it begins", true, 2700],
  ])("speech over a reply %s reopens the same turn", (_, begun, atMs) => {
    const talk = new Conversation();
    if (begun) talk.askAndHear();
    else talk.ask();
    const { key } = talk;
    talk.startSpeech(atMs);
    expect(talk.overhear(atMs + 400, "in New York I mean")).toBe("normal reopen");
    expect(talk.key).toEqual({ turnId: key.turnId, revision: key.revision + 1 });
    expect(talk.commands.at(-1)).toMatchObject({ kind: "reopen", atMs: 1000 });
  });

  test("what goes on right after the decision is the same turn, whatever it is", () => {
    const talk = new Conversation();
    talk.ask();
    const { key } = talk;
    expect(talk.startSpeech(2200)).toBe("normal reopen");
    expect(talk.key).toEqual({ turnId: key.turnId, revision: key.revision + 1 });
    talk.pauseSpeech(2500);
    expect(talk.transcribe(2600, "What time is it there?")).toMatch(/^respond/);
  });

  test("what begins as the reply is heard may be its echo: words decide", () => {
    const talk = new Conversation();
    talk.askAndHear();
    expect(talk.startSpeech(2200)).toBe("ducked attend");
  });

  test("a reply that has acted is not taken back", () => {
    const talk = new Conversation();
    talk.ask();
    talk.tell(2200, { kind: "reply-acted", key: talk.key });
    talk.startSpeech(2300);
    expect(talk.overhear(2700, "in New York I mean")).toBe("cut normal begin-turn");
  });

  test("with its echo as loud as speech, only a stop phrase counts", () => {
    const talk = new Conversation({ duplex: "half" });
    talk.askAndHear();
    expect(talk.startSpeech(5000)).toBe("attend");
    expect(talk.overhear(5600, "what about tomorrow then")).toBe("");
    expect(talk.finish(6000)).toBe("complete normal close-utterance");
  });

  test("with some echo left, a stop phrase out of its own words does not count", () => {
    for (const [duplex, expected] of [
      ["full", "cut normal begin-turn"],
      ["guarded", ""],
    ] as const) {
      const talk = new Conversation({ duplex });
      talk.askAndHear();
      talk.startSpeech(5000);
      talk.tell(5100, { kind: "speech-paused", speechEndedAtMs: 5050 });
      talk.tell(5200, { kind: "speech-resumed", atMs: 5150 });
      const words = { text: "wait", speechMs: 500, isOver: false, spokenText: "please wait for the bus" };
      expect(talk.tell(5500, { kind: "words-over-reply", key: talk.key, ...words })).toBe(expected);
    }
  });
});

describe("an answer that takes long", () => {
  test("is announced once a turn, and not while the user speaks", () => {
    const talk = new Conversation();
    talk.ask();
    const atMs = deadlineOf(talk.state) as number;
    talk.startSpeech(atMs - 100);
    expect(talk.tell(atMs, { kind: "deadline-reached" })).toBe("");
    talk.pauseSpeech(atMs + 100);
    talk.overhear(atMs + 200, "", true);
    expect(deadlineOf(talk.state)).toBe(atMs);
    expect(talk.tell(atMs + 200, { kind: "deadline-reached" })).toBe("acknowledge");
    expect(deadlineOf(talk.state)).toBeUndefined();
    expect(talk.tell(99_000, { kind: "deadline-reached" })).toBe("");
  });

  test.each([
    ["begun", {}, true],
    ["not to be announced", { acknowledges: false }, false],
  ])("is not announced when it has %s", (_, conduct, begins) => {
    const talk = new Conversation(conduct);
    talk.ask();
    if (begins) talk.tell(2200, { kind: "reply-begun", key: talk.key });
    expect(deadlineOf(talk.state)).toBeUndefined();
  });
});

describe("announcements", () => {
  test("wait until nobody speaks, one after the other", () => {
    const talk = new Conversation();
    talk.askAndHear();
    talk.tell(3000, { kind: "announcement-due", text: "one" });
    talk.tell(3100, { kind: "announcement-due", text: "two" });
    expect(talk.finish(4000)).toBe("complete begin-turn announce release");
    talk.finish(5000);
    const said = talk.commands.flatMap((command) => (command.kind === "announce" ? [command.text] : []));
    expect(said).toEqual(["one", "two"]);
  });

  test("that were due while closed are said after opening", () => {
    const { state } = step(CLOSED, { kind: "announcement-due", text: "missed" }, 0);
    const { commands } = step(state, { kind: "opened" }, 10);
    expect(commands).toContainEqual(expect.objectContaining({ kind: "announce", text: "missed" }));
  });
});

test("a failed transcript ends the turn with its failure", () => {
  const talk = new Conversation();
  talk.startSpeech(1000);
  talk.pauseSpeech(2000);
  const broken = failure("transcribe-failed", "transcribe", "broken", true);
  talk.tell(2100, { kind: "transcript-failed", key: talk.key, failure: broken });
  expect(talk.commands).toContainEqual(expect.objectContaining({ kind: "forget", failure: broken }));
});

test("a stop that is known by how likely it is, not by its words, is not answered", () => {
  const talk = new Conversation();
  talk.askAndHear();
  const likely = { kind: "words-over-reply", key: talk.key, speechMs: 300, isOver: true, spokenText: "" } as const;
  talk.startSpeech(4000);
  talk.tell(4364, { kind: "speech-paused", speechEndedAtMs: 4300 });
  expect(talk.tell(4500, { ...likely, text: "Tom.", stopProbability: 0.3 })).toBe("cut normal begin-turn transcribe");
  expect(talk.transcribe(4600, "Tom.")).toBe("forget close-utterance");

  const other = new Conversation();
  other.askAndHear();
  other.startSpeech(4000);
  other.tell(4364, { kind: "speech-paused", speechEndedAtMs: 4300 });
  other.tell(4500, { ...likely, key: other.key, text: "Tom.", stopProbability: 0.3 });
  expect(other.transcribe(4600, "Stop, what time is it?")).toBe("respond release close-utterance");
});

test.each([
  ["Stop.", 1],
  ["Stop, and then tell me", 0.01],
])("after %j over a reply it listens at once, unless more was said", (text, endProbability) => {
  const talk = new Conversation();
  talk.askAndHear();
  talk.startSpeech(4_000);
  talk.overhear(4_250, "stop");
  talk.pauseSpeech(4_300);
  talk.transcribe(4_380, text, 0.01);
  expect(deadlineOf(talk.state)).toBe(4_300 + endSilenceMs(endProbability, "balanced", talk.state.habitMs));
});
