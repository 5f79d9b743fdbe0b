import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { FailureError } from "../../src-shared/failure.ts";
import { voiceToVoiceMs } from "../../src-shared/latency-report.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { OutputFile } from "../play/output-file.ts";
import { nowMs } from "../session-clock.ts";
import { untilInterrupted } from "./interruption.ts";
import { parseOutputPath, requireWritable } from "./output-path.ts";
import { openMicrophone } from "./recording.ts";
import { StereoFile } from "./stereo-file.ts";
import { reportTalk, type TalkReport } from "./talk-report.ts";
import { unwrap } from "./unwrap.ts";
import { warn } from "./warn.ts";

interface TalkOptions {
  readonly in: string;
  readonly rate: number;
  readonly out?: string;
  readonly report?: string;
  readonly stereo?: boolean;
  readonly record?: string;
}

/** `repartee talk`: a whole hands-free conversation with a recording as the microphone, in real time. */
export function talkCommand(): Command {
  return new Command("talk")
    .requiredOption(
      "--in <file>",
      "the microphone: a WAV, MP3, Ogg Opus or FLAC file, or - for 16-bit mono PCM on standard input",
    )
    .option("--rate <hz>", "sample rate of standard input", parseRate, CAPTURE_RATE_HZ)
    .option("--out <file.wav>", "write what the assistant played, on the same time line", parseOutputPath)
    .option("--report <file.json>", "write transcripts, replies, latency marks and playback metrics", parseOutputPath)
    .option(
      "--record <folder>",
      "keep what happened there, for repartee replay; what is said is in it",
      parseOutputPath,
    )
    .option("--stereo", "with --out: the user on the left, the assistant on the right")
    .addHelpText(
      "after",
      "\nExamples:\n  repartee talk --in question.wav --out answer.wav --report report.json\n  arecord -q -f S16_LE -r 16000 | repartee talk --in - --rate 16000",
    )
    .action(talk);
}

async function talk(options: TalkOptions, command: Command): Promise<void> {
  const { out, report: reportPath, stereo } = options;
  if (stereo && !out) command.error("error: --stereo needs --out");
  if (out && reportPath && resolve(out) === resolve(reportPath))
    command.error("error: --out and --report are the same");
  for (const path of [out, reportPath]) if (path) requireWritable(path);
  const microphone = await openMicrophone(options.in, options.rate);
  const both = stereo && out ? new StereoFile(out) : undefined;
  try {
    const sound = { microphone, out: both?.assistantPath ?? out, onFrame: (pcm: Float32Array) => both?.hearUser(pcm) };
    const report = await converse(sound, options.record);
    both?.finish();
    if (reportPath) writeReport(reportPath, report);
  } finally {
    both?.removeParts();
  }
}

/** Where a conversation's sound comes from and goes to. */
interface TalkSound {
  readonly microphone: AsyncIterable<Float32Array>;
  readonly out: string | undefined;
  readonly onFrame: (pcm: Float32Array) => void;
}

async function converse(sound: TalkSound, recordTo: string | undefined): Promise<TalkReport> {
  const { microphone, out, onFrame } = sound;
  const startedAtMs = nowMs();
  const [{ composeAssistant }, { runTalkSession }] = await Promise.all([
    import("../compose.ts"),
    import("../talk-session.ts"),
  ]);
  const { assistant, player, settingsProblem } = await composeAssistant({ recordTo, onWarning: warn });
  if (!settingsProblem.ok) console.error(`repartee: warning: ${settingsProblem.failure.detail}`);
  let report: TalkReport;
  try {
    unwrap(await assistant.ready);
    unwrap(await assistant.conversationDecided());
    const readyMs = nowMs() - startedAtMs;
    const originAtMs = nowMs();
    player.attach(out ? { kind: "wav", path: out, originAtMs } : { kind: "null", originAtMs });
    const signal = untilInterrupted();
    const turns = await runTalkSession(assistant, { microphone, originAtMs, onTurn: printTurn, onFrame, signal });
    report = reportTalk(turns, originAtMs, readyMs);
  } finally {
    await assistant.close();
  }
  const { failure, state } = assistant.snapshot;
  if (failure && state === "failed") throw new FailureError(failure);
  if (failure) warn(failure);
  return report;
}

function writeReport(path: string, report: TalkReport): void {
  const file = unwrap(OutputFile.open(path));
  file.write(Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`));
  unwrap(file.finish());
}

function printTurn(turn: TurnView): void {
  if (turn.transcript) console.log(`You: ${turn.transcript}`);
  const latencyMs = voiceToVoiceMs(turn.marks);
  const notes = [
    ...(latencyMs === undefined ? [] : [`voice-to-voice ${Math.round(latencyMs)} ms`]),
    ...(turn.interrupted ? ["interrupted"] : []),
    ...(turn.failure ? [turn.failure.code] : []),
  ];
  console.log(
    `Repartee: ${turn.interrupted ? turn.heard : turn.reply}${notes.length > 0 ? `  (${notes.join(", ")})` : ""}`,
  );
}

function parseRate(text: string): number {
  const rateHz = Number(text);
  if (!Number.isInteger(rateHz) || rateHz < 8_000 || rateHz > 192_000) {
    throw new InvalidArgumentError("It is a whole number of Hz from 8000 to 192000.");
  }
  return rateHz;
}
