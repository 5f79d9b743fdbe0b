import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readAudioFile } from "../../src-main/capture/audio-file.ts";
import { runRepartee, testFolder } from "./run-repartee.ts";

const TIMEOUT_MS = 60_000;

async function durationMs(path: string): Promise<number> {
  const read = await readAudioFile(path);
  if (!read.ok) throw new Error(read.failure.detail);
  return (read.value.pcm.length * 1000) / read.value.sampleRateHz;
}

test("what is said into a file is understood again", { timeout: TIMEOUT_MS }, async () => {
  const out = join(testFolder(), "out.wav");
  expect(await runRepartee(["say", "The weather is nice today.", "--out", out])).toEqual({
    exitCode: 0,
    stdout: "",
    stderr: "",
  });
  const heard = await runRepartee(["transcribe", out]);
  expect(heard.stdout).toMatch(/the weather is nice today/i);
});

test("many sentences from standard input, in another voice and faster", { timeout: TIMEOUT_MS }, async () => {
  const folder = testFolder();
  const text = "The first sentence is here. The second one follows it. And the third one ends the text.";
  const durations: number[] = [];
  for (const options of [[], ["--rate", "2"], ["--voice", "kal"]]) {
    const out = join(folder, `${durations.length}.wav`);
    const run = await runRepartee(["say", "-", "--out", out, ...options], { input: Buffer.from(text) });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    durations.push(await durationMs(out));
  }
  const [normal, fast] = durations as [number, number];
  expect(normal).toBeGreaterThan(4_000);
  expect(fast / normal).toBeGreaterThan(0.4);
  expect(fast / normal).toBeLessThan(0.65);
  expect(readFileSync(join(folder, "2.wav"))).not.toEqual(readFileSync(join(folder, "0.wav")));
  expect(readdirSync(folder)).toHaveLength(3);
});

test.skipIf(process.platform !== "linux" || existsSync("/dev/snd")).each([
  ["a word", "Hello."],
  ["more than all rings hold", "What nobody hears need not be said to its end, however long it is. ".repeat(40)],
])(
  "without a sound card it says so in one line, of %s (skipped where there is one)",
  { timeout: TIMEOUT_MS },
  async (_, text) => {
    const run = await runRepartee(["say", text], { env: { XDG_RUNTIME_DIR: testFolder(), PULSE_SERVER: "" } });
    expect(run.stderr).toMatch(/^repartee: output-missing: [^\n]+ no sound card [^\n]+\n$/);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  },
);
