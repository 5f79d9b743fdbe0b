import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Failure } from "../../src-shared/failure.ts";
import { settingsSchema, type Settings } from "../../src-shared/settings.ts";
import { readWav } from "../../src-main/capture/wav-reader.ts";
import { parseFlightLine, type FlightLine } from "../../src-main/flight-recorder/flight-format.ts";
import { FlightRecorder } from "../../src-main/flight-recorder/flight-recorder.ts";
import { replayFlight } from "../../src-main/flight-recorder/replay-flight.ts";
import { FakeConversation } from "../fakes/fake-conversation.ts";

const FRAME = new Float32Array(512).fill(0.25);

let folder: string;
let settings: Settings;
let problems: Failure[];
let recorder: FlightRecorder;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "repartee-flight-")), "flights");
  settings = settingsSchema.parse({ recorder: "facts", languageModel: { apiKey: "secret-key" } });
  problems = [];
  recorder = openRecorder();
});

afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

function openRecorder(): FlightRecorder {
  return new FlightRecorder({
    folder,
    version: "1.2.3",
    settings: () => settings,
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    onProblem: (failure) => problems.push(failure),
  });
}

function recordTo(recorder: FlightRecorder, talk: FakeConversation, from = 0): void {
  for (const step of talk.steps.slice(from)) recorder.stepped(step);
  for (const turn of talk.ended) recorder.turnEnded(turn);
}

function readFlight(extension = "jsonl"): string {
  const name = readdirSync(folder).find((file) => file.endsWith(`.${extension}`)) ?? "";
  return readFileSync(join(folder, name), "utf8");
}

function linesOf(text: string): FlightLine[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => parseFlightLine(line) as FlightLine);
}

async function conversation(): Promise<FakeConversation> {
  const talk = new FakeConversation();
  await talk.askAndHear();
  await talk.say(480, "Mm-hmm.");
  await talk.wait(320);
  await talk.say(480, "What about tomorrow then?");
  await talk.wait(640);
  talk.player.finish(1, 9600, true);
  return talk;
}

test("a conversation is recorded with its facts, commands, turns and counters, and replays", async () => {
  const talk = await conversation();
  recordTo(recorder, talk);
  await recorder.close();
  const text = readFlight();
  expect(readdirSync(folder)).toEqual(["repartee_flight_2026-01-02T03-04-05.006Z.jsonl"]);
  const lines = linesOf(text);
  expect(lines[0]).toMatchObject({
    kind: "flight",
    format: 1,
    version: "1.2.3",
    startedAt: "2026-01-02T03:04:05.006Z",
    settings: { mode: "hands-free", patience: "balanced" },
  });
  expect(text).not.toContain("secret-key");
  const turn = lines.find((line) => line.kind === "turn");
  expect(turn).toMatchObject({
    turn: { turnId: 1, interrupted: true, marks: { speechEndedAtMs: expect.any(Number) } },
  });
  expect(lines.at(-1)).toMatchObject({ kind: "end", facts: talk.steps.length, turns: 1, samples: 0 });
  expect(replayFlight(text)).toMatchObject({ facts: talk.steps.length, turns: [{ turnId: 1 }] });
  expect(replayFlight(text).difference).toBeUndefined();
});

test("only the user may read it", { skip: process.platform === "win32" }, async () => {
  recordTo(recorder, await conversation());
  await recorder.close();
  const [name = ""] = readdirSync(folder);
  expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});

test("off, nothing is written", async () => {
  settings = { ...settings, recorder: "off" };
  recordTo(recorder, await conversation());
  recorder.heard(FRAME, 5000);
  await recorder.close();
  expect(existsSync(folder)).toBe(false);
});

test("switched on in the middle of a conversation, it begins there and replays; switched off, it ends", async () => {
  const talk = await conversation();
  const middle = Math.floor(talk.steps.length / 2);
  settings = { ...settings, recorder: "off" };
  for (const step of talk.steps.slice(0, middle)) recorder.stepped(step);
  settings = { ...settings, recorder: "facts" };
  for (const step of talk.steps.slice(middle, -3)) recorder.stepped(step);
  settings = { ...settings, recorder: "off" };
  for (const step of talk.steps.slice(-3)) recorder.stepped(step);
  await recorder.close();
  const replayed = replayFlight(readFlight());
  expect(replayed.difference).toBeUndefined();
  expect(replayed.facts).toBe(talk.steps.length - middle - 3);
});

test("with audio, a WAV beside it holds what the recognizer got, and the log says when", async () => {
  settings = { ...settings, recorder: "facts-and-audio" };
  const talk = await conversation();
  recorder.stepped(talk.steps[0]!);
  for (let count = 1; count <= 100; count++) recorder.heard(FRAME, 10_000 + count * 32);
  for (let count = 1; count <= 10; count++) recorder.heard(FRAME, 50_000 + count * 32);
  await recorder.close();
  const audio = linesOf(readFlight()).filter((line) => line.kind === "audio");
  const file = "repartee_flight_2026-01-02T03-04-05.006Z.wav";
  expect(audio).toEqual([
    { kind: "audio", file, sample: 0, atMs: 10_000 },
    { kind: "audio", file, sample: 51_200, atMs: 50_000 },
  ]);
  const wav = readWav(readFileSync(join(folder, file)));
  expect(wav).toMatchObject({ ok: true, value: { sampleRateHz: 16_000 } });
  expect(statSync(join(folder, file)).size).toBe(44 + 2 * 110 * 512);
  expect(linesOf(readFlight()).at(-1)).toMatchObject({ samples: 110 * 512 });
});

test("where nothing can be written it says so once a file, and the conversation goes on", async () => {
  settings = { ...settings, recorder: "facts-and-audio" };
  writeFileSync(folder, "in the way");
  const talk = await conversation();
  recorder.stepped(talk.steps[0]!);
  for (let count = 1; count <= 100; count++) recorder.heard(FRAME, 10_000 + count * 32);
  recordTo(recorder, talk, 1);
  await recorder.close();
  expect(problems.map(({ code }) => code)).toEqual(["output-unwritable", "output-unwritable"]);
});
