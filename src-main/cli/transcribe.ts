import { Command } from "commander";
import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { readAudioFileAt } from "../capture/audio-file.ts";
import { createSileroDetector } from "../detect/silero-detector.ts";
import { modelsFolder } from "../models/model-store.ts";
import { createMoonshineTranscriber } from "../transcribe/moonshine-transcriber.ts";
import { createSoundswallowerAligner, type AlignedWord } from "../transcribe/soundswallower-aligner.ts";
import type { VoiceDetector } from "../turn/ports.ts";
import { segmentSpeech } from "../turn/segment-speech.ts";
import { unwrap } from "./unwrap.ts";

interface TranscribeOptions {
  readonly json?: boolean;
  readonly words?: boolean;
}

/** A stretch of speech and what was said in it; times in ms from the start of the file. */
interface TranscribedSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly words?: readonly AlignedWord[];
}

/** Frames sent to the detector before waiting for its answers: keeps its thread busy without piling up memory. */
const FRAMES_AT_ONCE = 64;

/** `repartee transcribe`: what is said in a recording, with times. */
export function transcribeCommand(): Command {
  return new Command("transcribe")
    .argument("<file>", "a WAV, MP3, Ogg Opus or FLAC file")
    .option("--words", "add the start and end of every word")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  repartee transcribe meeting.mp3 --words --json")
    .action(transcribe);
}

async function transcribe(path: string, { json, words }: TranscribeOptions): Promise<void> {
  const { pcm, warnings } = unwrap(await readAudioFileAt(path, RECOGNITION_RATE_HZ));
  for (const warning of warnings) console.error(`repartee: warning: ${path}: ${warning}`);
  const models = { modelsFolder: modelsFolder() };
  const detector = createSileroDetector(models);
  const transcriber = createMoonshineTranscriber(models);
  const aligner = words ? createSoundswallowerAligner(models) : undefined;
  try {
    for (const engine of [detector, transcriber, ...(aligner ? [aligner] : [])]) unwrap(await engine.ready);
    const segments: TranscribedSegment[] = [];
    const stretches = segmentSpeech(await detectAll(detector, pcm));
    for (const [index, { startMs, endMs }] of stretches.entries()) {
      showProgress("transcribing", index, stretches.length);
      const piece = pcm.slice((startMs * RECOGNITION_RATE_HZ) / 1000, (endMs * RECOGNITION_RATE_HZ) / 1000);
      const { text } = unwrap(await transcriber.transcribe({ pcm: piece }, new AbortController().signal));
      if (text === "") continue;
      const aligned = aligner && unwrap(await aligner.align({ pcm: piece, text }));
      segments.push({ startMs, endMs, text, ...(aligned && { words: shift(aligned, startMs) }) });
    }
    showProgress("", 1, 1);
    print(segments, json ?? false);
  } finally {
    await Promise.all([detector.close(), transcriber.close(), aligner?.close()]);
  }
}

async function detectAll(detector: VoiceDetector, pcm: Float32Array): Promise<number[]> {
  const probabilities: number[] = [];
  const frames = Math.ceil(pcm.length / RECOGNITION_FRAME_SAMPLES);
  for (let first = 0; first < frames; first += FRAMES_AT_ONCE) {
    const batch = Array.from({ length: Math.min(FRAMES_AT_ONCE, frames - first) }, (_, index) => {
      const frame = new Float32Array(RECOGNITION_FRAME_SAMPLES);
      const start = (first + index) * RECOGNITION_FRAME_SAMPLES;
      frame.set(pcm.subarray(start, start + RECOGNITION_FRAME_SAMPLES));
      return detector.detect(frame);
    });
    for (const outcome of await Promise.all(batch)) probabilities.push(unwrap(outcome));
    showProgress("looking for speech", first, frames);
  }
  return probabilities;
}

/** Progress on a terminal, in one line that the next one takes the place of; the last leaves nothing. */
function showProgress(what: string, done: number, all: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\x1b[K${done < all ? `${what}: ${Math.round((100 * done) / all)} %` : ""}`);
}

function shift(words: readonly AlignedWord[], byMs: number): AlignedWord[] {
  return words.map((word) => ({ ...word, startMs: word.startMs + byMs, endMs: word.endMs + byMs }));
}

function print(segments: readonly TranscribedSegment[], asJson: boolean): void {
  if (segments.length === 0) console.error("repartee: no speech found");
  if (asJson) {
    console.log(JSON.stringify({ text: segments.map(({ text }) => text).join(" "), segments }, undefined, 2));
    return;
  }
  for (const { startMs, endMs, text, words } of segments) {
    console.log(`[${seconds(startMs)} - ${seconds(endMs)}] ${text}`);
    for (const word of words ?? []) console.log(`  ${seconds(word.startMs)} - ${seconds(word.endMs)} ${word.text}`);
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
