import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CAPTURE_RATE_HZ, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { latencyWaterfall, type WaterfallBar } from "../../src-shared/latency-report.ts";
import type { TalkReport } from "../../src-main/cli/talk-report.ts";
import { readWav } from "../../src-main/capture/wav-reader.ts";
import { WavFileWriter } from "../../src-main/play/wav-file.ts";
import { concatenate, resampleAll } from "../../src-main/streaming-resampler.ts";
import { createMoonshineTranscriber } from "../../src-main/transcribe/moonshine-transcriber.ts";
import { spokenText, type Speaker } from "../../test/fixtures/speech.ts";
import { wordErrorRate } from "../../test/fixtures/word-error-rate.ts";
import { atMost, quantile, type BenchResult, type BenchRow } from "../bench-result.ts";

const root = join(import.meta.dirname, "..", "..");
const QUESTIONS: readonly (readonly [speaker: Speaker, text: string, answer: RegExp])[] = [
  ["slt", "What time is it now?", /[AP]M|noon|midnight|o'clock/i],
  ["kal", "What day of the week is it?", /day/i],
  ["slt", "Start a timer for five minutes.", /5 minutes/i],
  ["kal", "How much time is left?", /minutes/i],
  ["slt", "What is nine plus ten?", /19/],
  ["kal", "What is one hundred divided by four?", /25/],
  ["slt", "Stop the timer.", /cancel|stop/i],
  ["kal", "How many days are there until Christmas?", /days|day|today/i],
  ["slt", "How many minutes are in a day?", /1,?440/],
  ["kal", "What can you do for me?", /time/i],
  ["espeak", "What time is it now?", /./],
  ["espeak", "How many days are there until Christmas?", /./],
];
/** Between questions: the longest answer must fit in. */
const PAUSE_MS = 12_000;
const COLD_STARTS = 10;

/** See README.md. */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "repartee-bench-"));
  try {
    const ends = await writeConversation(join(folder, "in.wav"));
    const environment = { ...process.env, REPARTEE_HOME: join(folder, "home") };
    await talk(folder, environment);
    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as TalkReport;
    const heard = await transcribeReplies(join(folder, "out.wav"), report);
    const coldStartsMs: number[] = [];
    for (let count = 0; count < COLD_STARTS; count++) coldStartsMs.push(await coldStartMs(environment));
    return summarise(report, ends, heard, coldStartsMs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes all questions with pauses and returns the true end of each one's speech, in ms. */
async function writeConversation(path: string): Promise<number[]> {
  const pieces: Float32Array[] = [silence(1_000)];
  const ends: number[] = [];
  let samples = (pieces[0] as Float32Array).length;
  for (const [speaker, text] of QUESTIONS) {
    const speech = await spokenText(text, speaker, CAPTURE_RATE_HZ);
    ends.push(((samples + speech.findLastIndex((sample) => Math.abs(sample) > 0.01)) * 1000) / CAPTURE_RATE_HZ);
    pieces.push(speech, silence(PAUSE_MS));
    samples += speech.length + (pieces.at(-1) as Float32Array).length;
  }
  const file = WavFileWriter.open(path, { sampleRateHz: CAPTURE_RATE_HZ, channels: 1 });
  if (!file.ok) throw new Error(file.failure.detail);
  file.value.append(concatenate(pieces));
  file.value.finish();
  return ends;
}

function talk(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const files = [
    "--in",
    join(folder, "in.wav"),
    "--out",
    join(folder, "out.wav"),
    "--report",
    join(folder, "report.json"),
  ];
  const child = spawn("npm", ["run", "--silent", "repartee", "--", "talk", ...files], {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`talk exited with ${code}`))));
  });
}

/** What a recognizer makes of each answer in the assistant's own recording. */
async function transcribeReplies(path: string, { turns }: TalkReport): Promise<string[]> {
  const wav = readWav(readFileSync(path));
  if (!wav.ok) throw new Error(wav.failure.detail);
  const pcm = await resampleAll(wav.value.pcm, wav.value.sampleRateHz, RECOGNITION_RATE_HZ);
  const transcriber = createMoonshineTranscriber({});
  const heard: string[] = [];
  for (const { marks } of turns) {
    const { firstAudibleAtMs = 0, playbackEndedAtMs = 0 } = marks;
    const toSample = (ms: number) => Math.round((ms * RECOGNITION_RATE_HZ) / 1000);
    const answer = pcm.slice(toSample(firstAudibleAtMs - 200), toSample(playbackEndedAtMs + 100));
    const transcript = await transcriber.transcribe({ pcm: answer }, new AbortController().signal);
    heard.push(transcript.ok ? transcript.value.text : "");
  }
  await transcriber.close();
  return heard;
}

/** From the command to "is listening", in ms. */
async function coldStartMs(env: NodeJS.ProcessEnv): Promise<number> {
  const startedAtMs = performance.now();
  const child = spawn("npm", ["start", "--silent", "--", "--no-open"], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes("is listening")) continue;
    const elapsedMs = performance.now() - startedAtMs;
    process.kill(-(child.pid as number), "SIGTERM");
    await exited;
    return elapsedMs;
  }
  throw new Error("npm start ended before it listened");
}

function summarise(
  { turns, totals }: TalkReport,
  trueEndsMs: readonly number[],
  heard: readonly string[],
  coldStartsMs: readonly number[],
): BenchResult {
  const rows: BenchRow[] = turns.map((turn, index) => ({
    speaker: QUESTIONS[index]?.[0],
    heard: turn.transcript,
    reply: turn.reply.slice(0, 44),
    "voice to voice ms": turn.voiceToVoiceMs ?? undefined,
    "from true end ms": (turn.marks.firstAudibleAtMs ?? Number.NaN) - (trueEndsMs[index] ?? Number.NaN),
    "ttfa ms": turn.ttfaMs ?? undefined,
    underruns: turn.player?.underruns,
    "reply WER": wordErrorRate(turn.reply, heard[index] ?? ""),
  }));
  for (const share of [0.5, 0.95]) rows.push(stageRow(turns, share));
  const transcriptErrors = QUESTIONS.flatMap(([speaker, text], index) =>
    speaker === "espeak" ? [] : wordErrorRate(text, turns[index]?.transcript ?? ""),
  );
  const right = QUESTIONS.filter(([, , pattern], index) => pattern.test(turns[index]?.reply ?? "")).length;
  const latenciesMs = turns.map((turn) => turn.voiceToVoiceMs ?? Number.NaN);
  return {
    rows,
    verdicts: [
      atMost("questions without a turn of their own", Math.abs(QUESTIONS.length - turns.length), 0),
      atMost("wrong answers", QUESTIONS.length - right, 0),
      atMost("word error rate of the transcripts (slt, kal)", mean(transcriptErrors), 0.05),
      atMost(
        "word error rate of the answers, transcribed back",
        mean(rows.flatMap((row) => (row["reply WER"] as number) ?? [])),
        0.15,
      ),
      atMost("underruns", totals.underruns, 0),
      atMost("voice to voice p50, ms", quantile(latenciesMs, 0.5), 900),
      atMost("voice to voice p95, ms", quantile(latenciesMs, 0.95), 1_200),
      atMost("resident memory after the last turn, MB", totals.residentBytes / 1e6, 500),
      atMost("cold start p50, ms", quantile(coldStartsMs, 0.5), 2_500),
      atMost("cold start p95, ms", quantile(coldStartsMs, 0.95), 4_000),
    ],
  };
}

/** Quantiles of when each stage was done, from the end of the user's speech. */
function stageRow(turns: TalkReport["turns"], share: number): BenchRow {
  const done = (name: WaterfallBar["name"]) =>
    quantile(
      turns.flatMap(({ marks }) => latencyWaterfall(marks).find((bar) => bar.name === name)?.toMs ?? []),
      share,
    );
  const stages = (["transcribe", "respond", "synthesize", "decide", "play"] as const).map(
    (name) => `${name} ${Math.round(done(name))}`,
  );
  return { heard: `p${share * 100} done after ms`, reply: stages.join(", ") };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function silence(durationMs: number): Float32Array {
  return new Float32Array((durationMs * CAPTURE_RATE_HZ) / 1000);
}
