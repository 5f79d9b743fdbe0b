import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { DetectorStream, StreamDetector } from "../../../src-main/detect/detect-engine.ts";
import type {
  AlignedWord,
  AlignmentRequest,
  WordAligner,
} from "../../../src-main/transcribe/soundswallower-aligner.ts";
import type { Transcriber, Transcript, TranscriptionRequest } from "../../../src-main/turn/ports.ts";
import type { TimedWord } from "../../../src-main/wire/served-engines.ts";
import { CAPTURE_RATE_HZ } from "../../../src-shared/audio-format.ts";

/**
 * Speech whose words can be read off its samples: each word is a stretch of a level of its own, with a low level between words and nothing in
 * a pause. Fakes of the engines hear it without any model, and mishear a word that is cut.
 */
const LOWEST_LEVEL = 0.2;
const LEVEL_STEP = 0.004;
const GAP_LEVEL = 0.1;
const CUT_WORD = "hm";
/** Numbers of words go round. */
const WORDS = 180;

/** A word, or silence, with its length. */
export type CodedPart = { readonly word: number; readonly ms: number } | { readonly silenceMs: number };

/** Audio at CAPTURE_RATE_HZ with its words. */
export interface CodedSpeech {
  readonly pcm: Float32Array;
  readonly words: readonly TimedWord[];
}

/** How a word is written. */
function codedWord(word: number): string {
  return `w${String.fromCharCode(97 + Math.floor(word / 26), 97 + (word % 26))}`;
}

/** Says the parts one after the other, with 40 ms between two words. */
export function sayCoded(parts: readonly CodedPart[]): CodedSpeech {
  const levels: { readonly level: number; readonly ms: number }[] = [];
  const words: TimedWord[] = [];
  let atMs = 0;
  for (const part of parts) {
    if ("silenceMs" in part) {
      levels.push({ level: 0, ms: part.silenceMs });
      atMs += part.silenceMs;
      continue;
    }
    const word = part.word % WORDS;
    words.push({ text: codedWord(word), startMs: atMs, endMs: atMs + part.ms });
    levels.push({ level: LOWEST_LEVEL + word * LEVEL_STEP, ms: part.ms }, { level: GAP_LEVEL, ms: 40 });
    atMs += part.ms + 40;
  }
  const pcm = new Float32Array(Math.round((atMs * CAPTURE_RATE_HZ) / 1000));
  let from = 0;
  let endMs = 0;
  for (const { level, ms } of levels) {
    endMs += ms;
    const to = Math.round((endMs * CAPTURE_RATE_HZ) / 1000);
    pcm.fill(level, from, to);
    from = to;
  }
  return { pcm, words };
}

interface HeardWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

const SETTLED_SAMPLES = 400;
const SHORTEST_WORD_MS = 140;

/** Reads the words off samples at RECOGNITION_RATE_HZ: one that begins before or ends after them may be cut. */
function hearCoded(pcm: Float32Array): HeardWord[] {
  const heard: HeardWord[] = [];
  let start = 0;
  for (let at = 1; at <= pcm.length; at++) {
    if (at < pcm.length && Math.abs((pcm[at] as number) - (pcm[at - 1] as number)) < LEVEL_STEP / 4) continue;
    const level = pcm[Math.floor((start + at) / 2)] as number;
    const ms = samplesToMs(at - start, RECOGNITION_RATE_HZ);
    const isWord = at - start > SETTLED_SAMPLES && level > LOWEST_LEVEL - LEVEL_STEP;
    if (isWord) {
      const isCut = ms < SHORTEST_WORD_MS || at === pcm.length;
      const text = isCut ? CUT_WORD : codedWord(Math.round((level - LOWEST_LEVEL) / LEVEL_STEP));
      heard.push({
        text,
        startMs: samplesToMs(start, RECOGNITION_RATE_HZ),
        endMs: samplesToMs(at, RECOGNITION_RATE_HZ),
      });
    }
    start = at;
  }
  return heard;
}

/** Hears coded speech; each request takes as long as a test wants. */
export class CodedTranscriber implements Transcriber {
  readonly ready = Promise.resolve(succeeded(null));
  readonly lengthsMs: number[] = [];
  /** Awaited by each request. */
  delay: () => Promise<unknown> = () => new Promise((resolve) => setImmediate(resolve));
  /** The next requests fail. */
  failures = 0;
  elapsedMs = 1;

  async transcribe({ pcm }: TranscriptionRequest, signal: AbortSignal): Promise<Outcome<Transcript>> {
    this.lengthsMs.push(samplesToMs(pcm.length, RECOGNITION_RATE_HZ));
    await this.delay();
    signal.throwIfAborted();
    if (this.failures > 0) {
      this.failures -= 1;
      return failed("transcribe-failed", "transcribe", "crashed", true);
    }
    const text = hearCoded(pcm)
      .map((word) => word.text)
      .join(" ");
    return succeeded({ text, tokens: [1], tokenLogProbabilities: [-0.1], elapsedMs: this.elapsedMs });
  }

  async close(): Promise<void> {}
}

/** Finds the words of coded speech where they are; does not fit when there are more than it hears. */
export class CodedAligner implements WordAligner {
  readonly ready = Promise.resolve(succeeded({ loadMs: 0 }));

  async align({ pcm, text }: AlignmentRequest, signal?: AbortSignal): Promise<Outcome<readonly AlignedWord[]>> {
    signal?.throwIfAborted();
    const words = text.split(" ");
    const heard = hearCoded(pcm).slice(-words.length);
    const fits = heard.length === words.length;
    return succeeded(
      words.map((word, index) => ({
        text: word,
        startMs: heard[index]?.startMs ?? 0,
        endMs: heard[index]?.endMs ?? 0,
        aligned: fits,
      })),
    );
  }

  async close(): Promise<void> {}
}

/** Takes every level for speech. */
export class CodedDetector implements StreamDetector {
  readonly ready = Promise.resolve(succeeded({ loadMs: 0 }));
  openStreams = 0;
  /** The next requests fail. */
  failures = 0;

  open(): DetectorStream {
    this.openStreams += 1;
    return {
      detect: async (frames) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (this.failures > 0) {
          this.failures -= 1;
          return failed("detect-failed", "detect", "crashed", true);
        }
        const count = frames.length / RECOGNITION_FRAME_SAMPLES;
        const probability = (frame: number) =>
          (frames[frame * RECOGNITION_FRAME_SAMPLES + RECOGNITION_FRAME_SAMPLES / 2] as number) > GAP_LEVEL / 2
            ? 0.95
            : 0.01;
        return succeeded(Float32Array.from({ length: count }, (_, frame) => probability(frame)));
      },
      close: () => void (this.openStreams -= 1),
    };
  }

  async close(): Promise<void> {}
}
