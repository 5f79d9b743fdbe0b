import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { Command, InvalidArgumentError, Option } from "commander";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failed, FailureError, failure, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { modelsFolder } from "../models/model-store.ts";
import { WavFileWriter } from "../play/wav-file.ts";
import { createFliteSynthesizer } from "../speak/flite-synthesizer.ts";
import type { SpeechRequest, Synthesizer } from "../turn/ports.ts";
import { SentenceSplitter } from "../turn/split-sentences.ts";
import { INTERRUPTED, untilInterrupted } from "./interruption.ts";
import { parseOutputPath } from "./output-path.ts";
import { unwrap } from "./unwrap.ts";

interface SayOptions {
  readonly voice: string;
  readonly rate: number;
  readonly out?: string;
}

/** Programs that play a WAV file, whose path follows; the first that is there and works is used. */
const PLAYERS: readonly (readonly [command: string, ...args: string[]])[] = [
  ["paplay"],
  ["pw-play"],
  ["aplay", "-q"],
  ["afplay"],
  ["ffplay", "-nodisp", "-autoexit", "-loglevel", "error"],
  ["powershell", "-NoProfile", "-Command", "& { (New-Object Media.SoundPlayer $args[0]).PlaySync() }"],
];

/** `repartee say`: speaks a text to the speaker or into a file. */
export function sayCommand(): Command {
  return new Command("say")
    .argument("<text>", "what to say, or - for standard input")
    .addOption(new Option("--voice <voice>", "the voice").choices(["slt", "kal"]).default("slt"))
    .option("--rate <ratio>", "speaking rate: 1 is normal, 2 twice as fast", parseRatio, 1)
    .option("--out <file.wav>", "write a WAV file instead of playing", parseOutputPath)
    .addHelpText(
      "after",
      '\nExamples:\n  repartee say "Good morning." --out morning.wav\n  repartee say --voice kal - < letter.txt',
    )
    .action(say);
}

async function say(argument: string, options: SayOptions): Promise<void> {
  const text = (argument === "-" ? await readText(process.stdin) : argument).trim();
  if (text === "") throw new FailureError(failure("input-empty", "input", "there is no text to say"));
  const interruption = untilInterrupted();
  if (options.out) return speakToFile(text, options, options.out, interruption);
  const folder = mkdtempSync(join(tmpdir(), "repartee-"));
  try {
    const path = join(folder, "speech.wav");
    await speakToFile(text, options, path, interruption);
    if (!interruption.aborted) unwrap(await playFile(path, interruption));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function speakToFile(
  text: string,
  { voice, rate }: SayOptions,
  path: string,
  interruption: AbortSignal,
): Promise<void> {
  const file = unwrap(WavFileWriter.open(path, { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 }));
  const synthesizer = createFliteSynthesizer({ modelsFolder: modelsFolder() });
  try {
    unwrap(await synthesizer.ready);
    const buffer = PcmRing.allocate(60 * PLAYBACK_RATE_HZ);
    const ring = new PcmRing(buffer);
    ring.setGeneration(1);
    const splitter = new SentenceSplitter();
    let samples = 0;
    for (const sentence of [...splitter.push(text), ...splitter.finish()]) {
      const request = { text: sentence, voice, rateRatio: rate, ring: buffer, generation: 1 };
      samples += await speakSentence(synthesizer, request, ring, file);
      if (interruption.aborted) {
        process.exitCode = INTERRUPTED;
        return file.discard();
      }
    }
    if (samples === 0) throw new FailureError(failure("input-empty", "input", "the text has no words to say"));
    unwrap(file.finish());
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    await synthesizer.close();
  }
}

/** Speaks one sentence while emptying the ring into the file, so that no length of sentence can block. */
async function speakSentence(
  synthesizer: Synthesizer,
  request: SpeechRequest,
  ring: PcmRing,
  file: WavFileWriter,
): Promise<number> {
  const piece = new Float32Array(4_800);
  const empty = (): void => {
    for (let count = ring.read(piece, piece.length); count > 0; count = ring.read(piece, piece.length)) {
      file.append(piece.subarray(0, count));
    }
  };
  const timer = setInterval(empty, 20);
  const spoken = await synthesizer.speak(request);
  clearInterval(timer);
  empty();
  return unwrap(spoken).samples;
}

async function playFile(path: string, signal: AbortSignal): Promise<Outcome<null>> {
  for (const [command, ...args] of PLAYERS) {
    const exitCode = await new Promise<number | null>((resolve) => {
      spawn(command, [...args, path], { stdio: "ignore", signal })
        .once("error", () => resolve(-1))
        .once("exit", resolve);
    });
    if (exitCode === 0 || signal.aborted) return succeeded(null);
  }
  const names = PLAYERS.map(([command]) => command).join(", ");
  return failed("output-missing", "play", `none of ${names} could play; use --out to write a file`);
}

function parseRatio(text: string): number {
  const ratio = Number(text);
  if (!(ratio >= 0.5 && ratio <= 2)) throw new InvalidArgumentError("It is a number from 0.5 to 2.");
  return ratio;
}
