import { writeFileSync, rmSync, renameSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { FailureError, failure } from "../../src-shared/failure.ts";
import { voiceToVoiceMs } from "../../src-shared/latency-report.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { composeAssistant } from "../compose.ts";
import { WavFileWriter } from "../play/wav-file.ts";
import { nowMs } from "../session-clock.ts";
import { runTalkSession } from "../talk-session.ts";
import { openMicrophone } from "./recording.ts";
import { mergeToStereo } from "./stereo-file.ts";
import { reportTalk } from "./talk-report.ts";
import { unwrap } from "./unwrap.ts";

interface TalkOptions {
  readonly in: string;
  readonly rate: number;
  readonly out?: string;
  readonly report?: string;
  readonly stereo?: boolean;
}

/** `repartee talk`: a whole hands-free conversation with a recording as the microphone, in real time. */
export function talkCommand(): Command {
  return new Command("talk")
    .description("Holds a hands-free conversation in real time, with a recording as the microphone.")
    .requiredOption(
      "--in <file>",
      "the microphone: a WAV, MP3, Ogg Opus or FLAC file, or - for 16-bit mono PCM on standard input",
    )
    .option("--rate <hz>", "sample rate of standard input", parseRate, CAPTURE_RATE_HZ)
    .option("--out <file.wav>", "write what the assistant played, on the same time line")
    .option("--report <file.json>", "write transcripts, replies, latency marks and playback metrics")
    .option("--stereo", "with --out: the user on the left, the assistant on the right")
    .addHelpText("after", "\nExample:\n  repartee talk --in question.wav --out answer.wav --report report.json")
    .action(talk);
}

async function talk(options: TalkOptions, command: Command): Promise<void> {
  if (options.stereo && !options.out) command.error("error: --stereo needs --out");
  for (const path of [options.out, options.report]) if (path) requireWritable(path);
  const microphone = await openMicrophone(options.in, options.rate);
  const startedAtMs = nowMs();
  const { assistant, player, settingsProblem } = await composeAssistant();
  if (!settingsProblem.ok) console.error(`repartee: warning: ${settingsProblem.failure.detail}`);
  const user =
    options.stereo && options.out ? unwrap(WavFileWriter.open(`${options.out}.user`, USER_FORMAT)) : undefined;
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  try {
    unwrap(await assistant.ready);
    const readyMs = nowMs() - startedAtMs;
    const originAtMs = nowMs();
    player.attach(options.out ? { kind: "wav", path: options.out, originAtMs } : { kind: "null", originAtMs });
    const turns = await runTalkSession(assistant, {
      microphone,
      originAtMs,
      onTurn: printTurn,
      ...(user && { onFrame: (pcm) => user.append(pcm) }),
      signal: interrupted.signal,
    });
    const report = reportTalk(turns, originAtMs, readyMs);
    await assistant.close();
    if (user && options.out) unwrap(mergeToStereo(user, options.out));
    if (options.report) writeWhole(options.report, `${JSON.stringify(report, undefined, 2)}\n`);
  } catch (error) {
    user?.discard();
    await assistant.close();
    throw error;
  }
}

const USER_FORMAT = { sampleRateHz: CAPTURE_RATE_HZ, channels: 1 } as const;

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

/** Fails before anything starts when a result could not be written there later. */
function requireWritable(path: string): void {
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, "");
    rmSync(part);
  } catch (error) {
    throw new FailureError(failure("output-unwritable", "play", (error as Error).message));
  }
}

function writeWhole(path: string, text: string): void {
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, text);
  renameSync(part, path);
}
