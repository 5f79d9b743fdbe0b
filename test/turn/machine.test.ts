import { describe, expect, test } from "vitest";
import { failure } from "../../src-shared/failure.ts";
import type { Command, Fact } from "../../src-main/turn/facts.ts";
import { CLOSED, deadlineOf, step, type Phase, type TurnState } from "../../src-main/turn/machine.ts";
import { TURN_TUNING } from "../../src-main/turn/turn-tuning.ts";

const KEY = { turnId: 7, revision: 2 };
const STALE = { turnId: 7, revision: 1 };
const broken = failure("transcribe-failed", "transcribe", "broken", true);

const PHASES: Record<string, Phase> = {
  closed: { name: "closed" },
  listening: { name: "listening" },
  hearing: { name: "hearing", key: KEY },
  deciding: { name: "deciding", key: KEY, speechEndedAtMs: 1000, silenceIsOver: false, transcript: undefined },
  transcribed: { name: "deciding", key: KEY, speechEndedAtMs: 1000, silenceIsOver: false, transcript: "hello" },
  "heard nothing": { name: "deciding", key: KEY, speechEndedAtMs: 1000, silenceIsOver: false, transcript: "" },
  waiting: { name: "deciding", key: KEY, speechEndedAtMs: 1000, silenceIsOver: true, transcript: undefined },
  responding: { name: "responding", key: KEY },
  speaking: { name: "speaking", key: KEY },
  ducked: { name: "speaking", key: KEY, interruption: { startedAtMs: 5000 } },
};

const FACTS: Record<string, Fact> = {
  opened: { kind: "opened" },
  closed: { kind: "closed" },
  started: { kind: "speech-started", atMs: 5000 },
  paused: { kind: "speech-paused", speechEndedAtMs: 5100 },
  "paused late": { kind: "speech-paused", speechEndedAtMs: 5400 },
  resumed: { kind: "speech-resumed", atMs: 5200 },
  "deadline early": { kind: "deadline-reached", atMs: 1100 },
  "deadline late": { kind: "deadline-reached", atMs: 90_000 },
  transcript: { kind: "transcript-ready", key: KEY, text: "what time is it" },
  "empty transcript": { kind: "transcript-ready", key: KEY, text: "" },
  "stale transcript": { kind: "transcript-ready", key: STALE, text: "old" },
  "transcript failed": { kind: "transcript-failed", key: KEY, failure: broken },
  audible: { kind: "audio-started", key: KEY },
  "stale audible": { kind: "audio-started", key: STALE },
  finished: { kind: "reply-finished", key: KEY },
  "stale finished": { kind: "reply-finished", key: STALE },
  typed: { kind: "text-entered", text: "hi" },
  stop: { kind: "stop-requested" },
  muted: { kind: "microphone-silenced" },
  unplugged: { kind: "microphone-lost", atMs: 5300 },
  announcement: { kind: "announcement-due", text: "Your timer is done." },
};

/** "phase + fact -> next phase: commands". Every pair that is not listed must change nothing. */
const TABLE = `
closed + opened -> listening:
closed + announcement -> closed:
listening + closed -> closed: close-utterance
listening + started -> hearing: begin-turn
listening + typed -> responding: begin-turn respond release
listening + announcement -> responding: begin-turn announce release
hearing + closed -> closed: forget close-utterance
hearing + paused -> deciding: transcribe
hearing + paused late -> deciding: transcribe
hearing + typed -> responding: forget close-utterance begin-turn respond release
hearing + stop -> listening: forget close-utterance
hearing + muted -> listening: forget close-utterance
hearing + unplugged -> deciding: transcribe
hearing + announcement -> hearing:
deciding + closed -> closed: forget close-utterance
deciding + resumed -> hearing: revise
deciding + deadline late -> deciding:
deciding + transcript -> deciding: respond
deciding + empty transcript -> deciding:
deciding + transcript failed -> listening: forget close-utterance
deciding + typed -> responding: forget close-utterance begin-turn respond release
deciding + stop -> listening: forget close-utterance
deciding + muted -> listening: forget close-utterance
deciding + unplugged -> deciding:
deciding + announcement -> deciding:
transcribed + closed -> closed: forget close-utterance
transcribed + resumed -> hearing: revise
transcribed + deadline late -> responding: release close-utterance
transcribed + transcript failed -> listening: forget close-utterance
transcribed + typed -> responding: forget close-utterance begin-turn respond release
transcribed + stop -> listening: forget close-utterance
transcribed + muted -> listening: forget close-utterance
transcribed + unplugged -> responding: release close-utterance
transcribed + announcement -> deciding:
heard nothing + closed -> closed: forget close-utterance
heard nothing + resumed -> hearing: revise
heard nothing + deadline late -> listening: forget close-utterance
heard nothing + transcript failed -> listening: forget close-utterance
heard nothing + typed -> responding: forget close-utterance begin-turn respond release
heard nothing + stop -> listening: forget close-utterance
heard nothing + muted -> listening: forget close-utterance
heard nothing + unplugged -> listening: forget close-utterance
heard nothing + announcement -> deciding:
waiting + closed -> closed: forget close-utterance
waiting + resumed -> hearing: revise
waiting + deadline late -> listening: forget close-utterance
waiting + transcript -> responding: respond release close-utterance
waiting + empty transcript -> listening: forget close-utterance
waiting + transcript failed -> listening: forget close-utterance
waiting + typed -> responding: forget close-utterance begin-turn respond release
waiting + stop -> listening: forget close-utterance
waiting + muted -> listening: forget close-utterance
waiting + unplugged -> deciding:
waiting + announcement -> deciding:
responding + closed -> closed: cut close-utterance
responding + started -> responding: duck
responding + resumed -> responding: duck
responding + audible -> speaking:
responding + finished -> listening: complete
responding + typed -> responding: cut unduck close-utterance begin-turn respond release
responding + stop -> listening: cut unduck close-utterance
responding + announcement -> responding:
speaking + closed -> closed: cut close-utterance
speaking + started -> speaking: duck
speaking + resumed -> speaking: duck
speaking + audible -> speaking:
speaking + finished -> listening: complete
speaking + typed -> responding: cut unduck close-utterance begin-turn respond release
speaking + stop -> listening: cut unduck close-utterance
speaking + announcement -> speaking:
ducked + closed -> closed: cut close-utterance
ducked + paused -> speaking: unduck close-utterance
ducked + paused late -> deciding: cut unduck begin-turn transcribe
ducked + deadline late -> hearing: cut unduck begin-turn
ducked + audible -> speaking:
ducked + finished -> hearing: complete unduck begin-turn
ducked + typed -> responding: cut unduck close-utterance begin-turn respond release
ducked + stop -> listening: cut unduck close-utterance
ducked + muted -> speaking: unduck close-utterance
ducked + unplugged -> speaking: unduck close-utterance
ducked + announcement -> speaking:
`;

const rows = new Map(
  TABLE.trim()
    .split("\n")
    .map((line) => {
      const [, pair, next, commands] = /^(.+) -> (\w+): ?(.*)$/.exec(line) as unknown as [
        string,
        string,
        string,
        string,
      ];
      return [pair, { next, commands }] as const;
    }),
);

function stateWith(phase: Phase): TurnState {
  return { phase, lastTurnId: 7, announcements: [] };
}

describe("every (state, fact)", () => {
  for (const [phaseName, phase] of Object.entries(PHASES)) {
    for (const [factName, fact] of Object.entries(FACTS)) {
      const row = rows.get(`${phaseName} + ${factName}`);
      test(`${phaseName} + ${factName} ${row ? `-> ${row.next}` : "changes nothing"}`, () => {
        const before = stateWith(phase);
        const { state, commands } = step(before, fact);
        if (!row) {
          expect({ state, commands }).toEqual({ state: before, commands: [] });
          return;
        }
        expect(state.phase.name).toBe(row.next);
        expect(commands.map((command) => command.kind).join(" ")).toBe(row.commands);
      });
    }
  }

  test("the table names only pairs that exist", () => {
    for (const pair of rows.keys()) {
      const [phaseName, factName] = pair.split(" + ") as [string, string];
      expect(PHASES).toHaveProperty([phaseName]);
      expect(FACTS).toHaveProperty([factName]);
    }
  });
});

describe("laws", () => {
  test("a turn's silence is over endSilenceMs after the last speech sample", () => {
    expect(deadlineOf(stateWith(PHASES["deciding"] as Phase))).toBe(1000 + TURN_TUNING.endSilenceMs);
  });

  test("speech that goes on voids the reply made in advance with a higher revision", () => {
    const { state, commands } = step(stateWith(PHASES["transcribed"] as Phase), FACTS["resumed"] as Fact);
    expect(commands).toEqual([{ kind: "revise", key: { turnId: 7, revision: 3 } }]);
    expect(step(state, FACTS["transcript"] as Fact).commands).toEqual([]);
  });

  test("an announcement waits until nobody speaks, then the next one", () => {
    let state = stateWith(PHASES["speaking"] as Phase);
    state = step(state, { kind: "announcement-due", text: "one" }).state;
    state = step(state, { kind: "announcement-due", text: "two" }).state;
    const first = step(state, FACTS["finished"] as Fact);
    expect(first.commands.filter((command) => command.kind === "announce")).toMatchObject([{ text: "one" }]);
    const second = step(first.state, { kind: "reply-finished", key: { turnId: 8, revision: 1 } });
    expect(second.commands.filter((command) => command.kind === "announce")).toMatchObject([{ text: "two" }]);
  });

  test("announcements that were due while closed are said after opening", () => {
    const closed = step(CLOSED, { kind: "announcement-due", text: "missed" }).state;
    expect(step(closed, { kind: "opened" }).commands).toContainEqual(
      expect.objectContaining({ kind: "announce", text: "missed" }),
    );
  });

  test("50,000 random facts: nothing is released twice, and only what was begun", () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (seed >>> 8) % below;
    };
    const names = Object.keys(FACTS).filter((name) => name !== "closed");
    let state: TurnState = step(CLOSED, { kind: "opened" }).state;
    const begun = new Set<number>();
    const released = new Set<number>();
    let atMs = 0;
    for (let count = 0; count < 50_000; count++) {
      atMs += 20;
      const fact = rekeyed(FACTS[names[random(names.length)] as string] as Fact, state, atMs);
      const next = step(state, fact);
      for (const command of next.commands) check(command);
      state = next.state;
    }
    expect(released.size).toBeGreaterThan(100);

    function check(command: Command): void {
      if (command.kind === "begin-turn") begun.add(command.key.turnId);
      if (command.kind !== "release") return;
      expect(begun.has(command.key.turnId)).toBe(true);
      expect(released.has(command.key.turnId)).toBe(false);
      released.add(command.key.turnId);
    }
  });
});

/** The fact with the state's own key and time, so that the walk gets somewhere. */
function rekeyed(fact: Fact, state: TurnState, atMs: number): Fact {
  const key = "key" in state.phase ? state.phase.key : KEY;
  if ("key" in fact) return { ...fact, key };
  return "atMs" in fact ? { ...fact, atMs } : fact;
}
