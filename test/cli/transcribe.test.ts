import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { modelManifest } from "../../src-main/models/model-manifest.ts";
import { readModel } from "../../src-main/models/model-store.ts";
import { sharedSpeechPath, spokenText, withSilence } from "../fixtures/speech.ts";
import { wavBytes } from "../fixtures/wav-bytes.ts";
import { wordErrorRate } from "../fixtures/word-error-rate.ts";
import { runRepartee, testFolder } from "./run-repartee.ts";

const JFK_WORDS =
  "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.";
const SPEECH_TIMEOUT_MS = 60_000;

interface Transcription {
  readonly text: string;
  readonly segments: readonly {
    readonly startMs: number;
    readonly endMs: number;
    readonly text: string;
    readonly words?: readonly { readonly text: string; readonly startMs: number; readonly endMs: number }[];
  }[];
}

test("human speech, with its words in place", { timeout: SPEECH_TIMEOUT_MS }, async ({ skip }) => {
  const path = sharedSpeechPath("jfk.wav");
  if (!path) return skip("there is no folder of human speech beside the checkout");
  const run = await runRepartee(["transcribe", path, "--json", "--words"]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  const { text, segments } = JSON.parse(run.stdout) as Transcription;
  expect(wordErrorRate(JFK_WORDS, text)).toBeLessThanOrEqual(0.05);
  const words = segments.flatMap((segment) => segment.words ?? []);
  expect(words.map((word) => word.text).join(" ")).toBe(text);
  let previousMs = 0;
  for (const { startMs, endMs } of words) {
    expect(startMs).toBeGreaterThanOrEqual(previousMs);
    expect(endMs).toBeGreaterThan(startMs);
    previousMs = endMs;
  }
  expect(previousMs).toBeLessThanOrEqual(11_000);
  // Heard and looked at in the wave form: "ask" after the long pauses, "country" at the end.
  expect(words.find((word) => /^ask/i.test(word.text))?.startMs).toBeCloseTo(3_300, -2.6);
});

test("speech in silence has its place in time", { timeout: SPEECH_TIMEOUT_MS }, async () => {
  const folder = testFolder();
  const speech = await spokenText("What time is it in the morning?", "slt", 44_100);
  const path = join(folder, "a.wav");
  const shape = { encoding: "int", bits: 24, channels: 1, sampleRateHz: 44_100 } as const;
  writeFileSync(path, wavBytes(withSilence(speech, 44_100, 3_000, 2_000), shape));
  const run = await runRepartee(["transcribe", path]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  const [, start, end, text] = /^\[([\d.]+) - ([\d.]+)\] (.*)\n$/.exec(run.stdout) ?? [];
  expect(wordErrorRate("what time is it in the morning", text ?? "")).toBe(0);
  expect(Number(start)).toBeGreaterThan(2.5);
  expect(Number(start)).toBeLessThan(3.3);
  expect(Number(end)).toBeLessThan(3.3 + speech.length / 44_100);
});

test("a file that is cut short is transcribed as far as it goes", { timeout: SPEECH_TIMEOUT_MS }, async ({ skip }) => {
  const jfk = sharedSpeechPath("jfk.wav");
  if (!jfk) return skip("there is no folder of human speech beside the checkout");
  const path = join(testFolder(), "cut.wav");
  writeFileSync(path, readFileSync(jfk).subarray(0, 150_001));
  const run = await runRepartee(["transcribe", path]);
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toMatch(/^repartee: warning: [^\n]+ cut short: 4\.\d\d s of 11\.00 s are there\n$/);
  expect(run.stdout).toMatch(/fellow/i);
});

test("silence has no speech in it", { timeout: SPEECH_TIMEOUT_MS }, async () => {
  const path = join(testFolder(), "silence.wav");
  const shape = { encoding: "int", bits: 16, channels: 1, sampleRateHz: 8_000 } as const;
  writeFileSync(path, wavBytes(new Float32Array(3 * 60 * 8_000), shape));
  const run = await runRepartee(["transcribe", path, "--json"]);
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toBe("repartee: no speech found\n");
  expect(JSON.parse(run.stdout)).toEqual({ text: "", segments: [] });
});

test("a damaged or missing model is named, with the way to mend it", { timeout: SPEECH_TIMEOUT_MS }, async () => {
  const folder = testFolder();
  for (const { id, file } of modelManifest) {
    const stored = await readModel(id, undefined);
    if (!stored.ok) throw new Error(stored.failure.detail);
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(stored.value.path, join(folder, file));
  }
  const damaged = modelManifest.find(({ id }) => id === "moonshine-decoder")!.file;
  const bytes = readFileSync(join(folder, damaged));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(join(folder, damaged), bytes);
  const sound = join(folder, "sound.wav");
  const shape = { encoding: "int", bits: 16, channels: 1, sampleRateHz: 16_000 } as const;
  writeFileSync(sound, wavBytes(new Float32Array(16_000), shape));
  const env = { REPARTEE_MODELS: folder };
  const out = join(testFolder(), "out.wav");
  for (const args of [
    ["transcribe", sound],
    ["talk", "--in", sound, "--out", out],
  ]) {
    const run = await runRepartee(args, { env });
    expect(run.stderr).toMatch(/^repartee: model-corrupt: [^\n]+\n$/);
    expect(run.stderr).toContain(damaged);
    expect(run.stderr).toMatch(/put the file .* back, or reinstall/);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  }
  const missing = await runRepartee(["say", "Hello.", "--out", out], { env: { REPARTEE_MODELS: testFolder() } });
  expect(missing.stderr).toMatch(/^repartee: model-missing: [^\n]+\n$/);
  expect(missing.exitCode).toBe(1);
  const doctor = await runRepartee(["doctor", "--json"], { env });
  expect(doctor.exitCode).toBe(1);
  const { findings } = JSON.parse(doctor.stdout) as { findings: { level: string; what: string; detail: string }[] };
  const failures = findings.filter(({ level }) => level === "failure");
  expect(failures.map(({ what }) => what)).toContain("model moonshine-decoder");
  for (const { detail } of failures) expect(detail).toContain(damaged);
});
