import { text as readText } from "node:stream/consumers";
import { Command, InvalidArgumentError, Option } from "commander";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { FailureError, failure } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { modelsFolder } from "../models/model-store.ts";
import { playStream, type SpeakInto } from "../play/play-stream.ts";
import { StreamFeed } from "../play/stream-feed.ts";
import { WavFileWriter } from "../play/wav-file.ts";
import { WorkerStreamPlayer } from "../play/worker-stream-player.ts";
import { createFliteSynthesizer } from "../speak/flite-synthesizer.ts";
import { speakText } from "../speak-text.ts";
import { INTERRUPTED, untilInterrupted } from "./interruption.ts";
import { parseOutputPath } from "./output-path.ts";
import { untilOutputFails } from "./play-output.ts";
import { unwrap } from "./unwrap.ts";

interface SayOptions {
  readonly voice: string;
  readonly rate: number;
  readonly out?: string;
}

const GENERATION = 1;
const EMPTY_EVERY_MS = 20;

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

async function say(argument: string, { voice, rate, out }: SayOptions): Promise<void> {
  const text = (argument === "-" ? await readText(process.stdin) : argument).trim();
  if (text === "") throw new FailureError(failure("input-empty", "input", "there is no text to say"));
  const interruption = untilInterrupted();
  const synthesizer = createFliteSynthesizer({ modelsFolder: modelsFolder() });
  try {
    unwrap(await synthesizer.ready);
    const speak: SpeakInto = (ring, onSamples) =>
      speakText(synthesizer, text, { voice, rateRatio: rate, ...ring }, onSamples);
    await (out === undefined ? speakAloud(speak, interruption) : speakToFile(speak, out, interruption));
  } finally {
    await synthesizer.close();
  }
  if (interruption.aborted) process.exitCode = INTERRUPTED;
}

async function speakAloud(speak: SpeakInto, interruption: AbortSignal): Promise<void> {
  const player = new WorkerStreamPlayer();
  const feed = new StreamFeed();
  try {
    player.attach({ kind: "native" });
    const played = await playStream(player, feed, {
      source: { engineName: "flite", speak },
      startPolicy: { kind: "adaptive" },
      feed: { rawFormat: { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 } },
      signal: AbortSignal.any([interruption, untilOutputFails(player)]),
      onEvent: () => undefined,
    });
    if (played.failure && !interruption.aborted) throw new FailureError(played.failure);
  } finally {
    await Promise.all([player.close(), feed.close()]);
  }
}

/** Empties the ring into the file while the engine fills it, so that no length of text can block. */
async function speakToFile(speak: SpeakInto, path: string, signal: AbortSignal): Promise<void> {
  const file = unwrap(WavFileWriter.open(path, { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 }));
  const buffer = PcmRing.allocate(60 * PLAYBACK_RATE_HZ);
  const ring = new PcmRing(buffer);
  ring.setGeneration(GENERATION);
  signal.addEventListener("abort", () => ring.setGeneration(GENERATION + 1), { once: true });
  const piece = new Float32Array(4_800);
  const empty = (): void => {
    for (let count = ring.read(piece, piece.length); count > 0; count = ring.read(piece, piece.length)) {
      file.append(piece.subarray(0, count));
    }
  };
  const timer = setInterval(empty, EMPTY_EVERY_MS);
  try {
    const samples = unwrap(await speak({ ring: buffer, generation: GENERATION }, () => undefined));
    empty();
    if (signal.aborted) return file.discard();
    if (samples === 0) throw new FailureError(failure("input-empty", "input", "the text has no words to say"));
    unwrap(file.finish());
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    clearInterval(timer);
  }
}

function parseRatio(text: string): number {
  const ratio = Number(text);
  if (!(ratio >= 0.5 && ratio <= 2)) throw new InvalidArgumentError("It is a number from 0.5 to 2.");
  return ratio;
}
