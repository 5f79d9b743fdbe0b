import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TalkReport } from "../../src-main/cli/talk-report.ts";
import { readAudioFile } from "../../src-main/capture/audio-file.ts";
import { replayFlight } from "../../src-main/flight-recorder/replay-flight.ts";
import { spokenText, withSilence } from "../fixtures/speech.ts";
import { wavBytes } from "../fixtures/wav-bytes.ts";
import { wordErrorRate } from "../fixtures/word-error-rate.ts";
import { ENTRY } from "../fixtures/entry.ts";
import { runRepartee, testFolder } from "./run-repartee.ts";

const TALK_TIMEOUT_MS = 90_000;
const RATE_HZ = 22_050;

/** A question with a second of silence around it, as a mono 16-bit WAV file. */
async function spokenQuestion(): Promise<Buffer> {
  const speech = await spokenText("What time is it?", "slt", RATE_HZ);
  const shape = { encoding: "int", bits: 16, channels: 1, sampleRateHz: RATE_HZ } as const;
  return wavBytes(withSilence(speech, RATE_HZ, 1_000, 1_000), shape);
}

function readReport(path: string): TalkReport {
  return JSON.parse(readFileSync(path, "utf8")) as TalkReport;
}

test("a question is answered, reported and recorded on one time line", { timeout: TALK_TIMEOUT_MS }, async () => {
  const folder = testFolder();
  const [question, out, report] = ["question.wav", "out.wav", "report.json"].map((name) => join(folder, name));
  writeFileSync(question!, await spokenQuestion());
  const flights = testFolder();
  const files = ["--in", question!, "--out", out!, "--report", report!, "--record", flights];
  const run = await runRepartee(["talk", ...files, "--stereo"]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  expect(run.stdout).toMatch(/^You: [^\n]+\nRepartee: [^\n]+ {2}\(voice-to-voice \d+ ms\)\n$/);
  expect(readdirSync(folder).toSorted()).toEqual(["out.wav", "question.wav", "report.json"]);
  const [flight = "", ...others] = readdirSync(flights);
  expect(others).toEqual([]);
  const replayed = replayFlight(readFileSync(join(flights, flight), "utf8"));
  expect(replayed).toMatchObject({ turns: [{ turnId: 1 }] });
  expect(replayed.difference ?? replayed.warning).toBeUndefined();

  const { turns, totals } = readReport(report!);
  expect(turns).toHaveLength(1);
  const { transcript, reply, marks, voiceToVoiceMs, ttfaMs, player } = turns[0]!;
  expect(wordErrorRate("what time is it", transcript)).toBe(0);
  expect(reply).not.toBe("");
  expect(marks.speechEndedAtMs).toBeGreaterThan(1_500);
  expect(marks.speechEndedAtMs).toBeLessThan(2_500);
  expect(voiceToVoiceMs).toBeCloseTo(marks.firstAudibleAtMs! - marks.speechEndedAtMs!, 3);
  expect(ttfaMs).toBeGreaterThan(0);
  expect(player).toMatchObject({ underruns: 0, audioPath: "file" });
  expect(totals).toMatchObject({ turns: 1, underruns: 0, voiceToVoiceP50Ms: voiceToVoiceMs });

  const recorded = readFileSync(out!);
  expect(recorded.readUInt16LE(22)).toBe(2);
  const rateHz = recorded.readUInt32LE(24);
  const side = (channel: number, frame: number) =>
    Math.abs(recorded.readInt16LE(44 + 4 * frame + 2 * channel)) / 32_768;
  const frames = (recorded.length - 44) / 4;
  const firstLoud = (channel: number, fromMs = 0): number => {
    for (let frame = Math.round((fromMs * rateHz) / 1000); frame < frames; frame++)
      if (side(channel, frame) > 0.01) return (frame * 1000) / rateHz;
    return Infinity;
  };
  expect(Math.abs(firstLoud(0) - 1_000)).toBeLessThan(300);
  // The player marks the first sample that is not silent; 1 % of full scale comes a little later.
  expect(firstLoud(1)).toBeGreaterThan(marks.firstAudibleAtMs! - 15);
  expect(firstLoud(1)).toBeLessThan(marks.firstAudibleAtMs! + 150);
});

test("16-bit PCM on standard input is heard like a file", { timeout: TALK_TIMEOUT_MS }, async () => {
  const report = join(testFolder(), "report.json");
  const samples = (await spokenQuestion()).subarray(44);
  const args = ["talk", "--in", "-", "--rate", String(RATE_HZ), "--report", report];
  const run = await runRepartee(args, { input: samples });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  expect(readReport(report).turns.map(({ transcript }) => wordErrorRate("what time is it", transcript))).toEqual([0]);
});

test("a pause of standard input is silence, not lost time", { timeout: TALK_TIMEOUT_MS }, async () => {
  const report = join(testFolder(), "report.json");
  const samples = (await spokenQuestion()).subarray(44);
  async function* input(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(RATE_HZ);
    await delay(6_000);
    yield samples;
    await delay(4_000);
  }
  const args = ["talk", "--in", "-", "--rate", String(RATE_HZ), "--report", report];
  const run = await runRepartee(args, { input: input() });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  const [turn] = readReport(report).turns;
  expect(wordErrorRate("what time is it", turn!.transcript)).toBe(0);
  expect(turn!.voiceToVoiceMs).toBeLessThan(4_000);
});

test("it can be stopped while standard input says nothing", { timeout: TALK_TIMEOUT_MS }, async () => {
  const samples = (await spokenQuestion()).subarray(44);
  async function* input(): AsyncGenerator<Uint8Array> {
    yield samples;
    await delay(60_000, undefined, { ref: false });
  }
  const run = await runRepartee(["talk", "--in", "-", "--rate", String(RATE_HZ)], {
    input: input(),
    onStdout: (stdout) => (stdout.includes("Repartee:") ? "SIGTERM" : undefined),
  });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
});

test("nothing said is nothing answered", { timeout: TALK_TIMEOUT_MS }, async () => {
  const report = join(testFolder(), "report.json");
  const run = await runRepartee(["talk", "--in", "-", "--report", report], { input: new Uint8Array(48_001) });
  expect(run).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
  expect(readReport(report)).toMatchObject({ turns: [], totals: { turns: 0, voiceToVoiceP50Ms: null } });
});

test("interrupted, it keeps what was said until then", { timeout: TALK_TIMEOUT_MS }, async () => {
  const folder = testFolder();
  const question = await spokenQuestion();
  const path = join(testFolder(), "long.wav");
  writeFileSync(path, Buffer.concat([question, Buffer.alloc(60 * RATE_HZ * 2)]).fill(0xff, 40, 44));
  const [out, report] = [join(folder, "out.wav"), join(folder, "report.json")];
  const run = await runRepartee(["talk", "--in", path, "--out", out, "--report", report], {
    onStdout: (stdout) => (stdout.includes("Repartee:") ? "SIGINT" : undefined),
  });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  expect(readdirSync(folder).toSorted()).toEqual(["out.wav", "report.json"]);
  expect(readReport(report).turns).toHaveLength(1);
  const recorded = await readAudioFile(out);
  expect(recorded.ok && recorded.value.pcm.length / recorded.value.sampleRateHz).toBeLessThan(40);
});

test("a recording that cannot be completed is a failure", { timeout: TALK_TIMEOUT_MS }, async () => {
  const folder = join(testFolder(), "gone");
  mkdirSync(folder);
  const question = join(testFolder(), "question.wav");
  writeFileSync(question, await spokenQuestion());
  const run = await runRepartee(["talk", "--in", question, "--out", join(folder, "out.wav")], {
    onStdout: () => {
      rmSync(folder, { recursive: true, force: true });
      return undefined;
    },
  });
  expect(run.stderr).toMatch(/^repartee: output-unwritable: [^\n]+\n$/);
  expect(run.exitCode).toBe(1);
});

test("settings that are not valid are told, and the defaults are used", { timeout: TALK_TIMEOUT_MS }, async () => {
  const home = testFolder();
  writeFileSync(join(home, "settings.json"), "{");
  const run = await runRepartee(["--settings-dir", home, "talk", "--in", "-"], { input: new Uint8Array(4_800) });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toBe(`repartee: warning: ${join(home, "settings.json")} is not JSON\n`);
  expect(readFileSync(join(home, "settings.json"), "utf8")).toBe("{");
});

/** A settings folder of a conversation that this program holds, and a file with a question. */
async function heldBy(command: readonly string[], settings: object = {}): Promise<{ home: string; question: string }> {
  const [home, question] = [testFolder(), join(testFolder(), "question.wav")];
  const conversation = { engine: "command", command };
  writeFileSync(join(home, "settings.json"), JSON.stringify({ ...settings, conversation }));
  writeFileSync(question, await spokenQuestion());
  return { home, question };
}

test("a program can hold the conversation, for example Repartee itself", { timeout: TALK_TIMEOUT_MS }, async () => {
  const { home, question } = await heldBy([process.execPath, ENTRY, "stdio"]);
  const [out, report] = [join(testFolder(), "out.wav"), join(testFolder(), "report.json")];
  const run = await runRepartee(["talk", "--in", question, "--out", out, "--report", report], {
    env: { REPARTEE_HOME: home },
  });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  const { turns } = readReport(report);
  expect(turns).toHaveLength(1);
  expect(turns[0]).toMatchObject({ transcript: "", interrupted: false, failure: null });
  expect(turns[0]!.reply).toMatch(/\d.*\.$/);
  expect(turns[0]!.heard).toBe(turns[0]!.reply);
  expect(run.stdout).toBe(`Repartee: ${turns[0]!.reply}\n`);
  const recorded = await readAudioFile(out);
  const loud = recorded.ok ? recorded.value.pcm.filter((sample) => Math.abs(sample) > 0.02).length : 0;
  expect(loud).toBeGreaterThan(2_000);
});

test(
  "where the program fails, the settings say whether Repartee takes over",
  { timeout: TALK_TIMEOUT_MS },
  async () => {
    const { home, question } = await heldBy(["/no/such/program"]);
    const replaced = await runRepartee(["talk", "--in", question], { env: { REPARTEE_HOME: home } });
    expect(replaced.exitCode).toBe(0);
    expect(replaced.stderr).toMatch(/^repartee: warning: [^\n]*ENOENT[^\n]*\n$/);
    expect(replaced.stdout).toMatch(/^You: [^\n]+\nRepartee: /);
    const alone = await heldBy(["/no/such/program"], { useEmbeddedOnFailure: false });
    const failed = await runRepartee(["talk", "--in", alone.question], { env: { REPARTEE_HOME: alone.home } });
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toMatch(/^repartee: engine-unusable: [^\n]*ENOENT[^\n]*\n$/);
  },
);
