import { STREAM_ENCODINGS, type StreamEncoding } from "../../src-main/play/decode/stream-decoder.ts";
import { decodeStream } from "../../test/play/decode/decode-stream.ts";
import { chirp, encodedChunks, HAS_FFMPEG } from "../../test/play/decode/fixtures.ts";
import { cutRandomly, fuzzDecoder, type FuzzResult } from "../../test/play/decode/fuzz-streams.ts";
import { measureDecoder, type DecoderFigures } from "../../test/play/decode/measure-decoders.ts";
import { seededRandom } from "../../test/play/decode/seeded-random.ts";
import { atMost, type BenchResult, type BenchRow, type Verdict } from "../bench-result.ts";
import { speechSignal, toBytes } from "./speech.ts";

const CUTS = 20;
const SPEECH_SECONDS = 8;
const FUZZED_STREAMS = 500;
const LONG_FUZZED_STREAMS = 10_000;
/** AAC starts a process for every stream. */
const FUZZED_PROCESSES = 100;
const FUZZ_SEED = 4_711;
const MOST_STREAM_MS = 1_000;
const MOST_GROWTH_BYTES = 4 * 2 ** 20;
/** One step of 16 bits: what a codec that loses something may differ by when its stream is cut elsewhere. */
const MOST_DIFFERENCE = 2 ** -15;
const LOSSY: readonly StreamEncoding[] = ["mp3", "ogg-opus", "ogg-vorbis", "aac"];

interface Figures extends DecoderFigures {
  /** Undefined for `opus-packets`: its chunks are packets, there is nothing to cut. */
  readonly cuts: CutComparison | undefined;
  readonly fuzzedStreams: number;
  readonly fuzzed: FuzzResult;
}

interface CutComparison {
  /** Cuts whose output is not as long as that of the stream in one piece. */
  readonly otherLengths: number;
  readonly largestDifference: number;
}

/** Every decoder: the same output however the stream is cut, nothing that any bytes can do to it, and its speed. See README.md. */
export async function benchDecoding({ long }: { readonly long: boolean }): Promise<BenchResult> {
  if (!HAS_FFMPEG) return { rows: [{ skipped: "no ffmpeg to make streams with" }], verdicts: [] };
  const speech = toBytes(await speechSignal(), SPEECH_SECONDS);
  const figures: Figures[] = [];
  for (const encoding of STREAM_ENCODINGS) {
    const fuzzedStreams = long ? LONG_FUZZED_STREAMS : encoding === "aac" ? FUZZED_PROCESSES : FUZZED_STREAMS;
    figures.push({
      ...(await measureDecoder(encoding, long ? 120 : 30)),
      cuts: encoding === "opus-packets" ? undefined : await compareCuts(encoding, speech),
      fuzzedStreams,
      fuzzed: await fuzzDecoder(encoding, fuzzedStreams, FUZZ_SEED, encodedChunks(encoding, chirp(1))),
    });
  }
  return { rows: figures.map(toRow), verdicts: judge(figures) };
}

async function compareCuts(encoding: StreamEncoding, samples: Uint8Array): Promise<CutComparison> {
  const [stream] = encodedChunks(encoding, samples) as [Uint8Array];
  const whole = await decodeStream(encoding, [stream]);
  let [otherLengths, largestDifference] = [0, 0];
  for (let seed = 0; seed < CUTS; seed++) {
    const { pcm } = await decodeStream(encoding, cutRandomly(stream, seededRandom(seed)));
    if (pcm.length !== whole.pcm.length) otherLengths++;
    for (const [index, sample] of pcm.entries()) {
      largestDifference = Math.max(largestDifference, Math.abs(sample - (whole.pcm[index] ?? 0)));
    }
  }
  return { otherLengths, largestDifference };
}

function toRow(figures: Figures): BenchRow {
  const { encoding, cuts, fuzzed } = figures;
  return {
    encoding,
    "times real time": figures.timesRealTime,
    "bytes to first sample": figures.bytesToFirstSample,
    "ms to first sample": figures.msToFirstSample,
    cuts: cuts ? CUTS : "packets",
    "other lengths": cuts?.otherLengths,
    "largest difference": cuts?.largestDifference,
    "fuzzed streams": figures.fuzzedStreams,
    crashes: fuzzed.crashes,
    "slowest stream ms": fuzzed.slowestMs,
    "growth KiB": fuzzed.heapGrowthBytes / 1_024,
  };
}

function judge(figures: readonly Figures[]): readonly Verdict[] {
  const largest = (of: (figures: Figures) => number | undefined, from = figures): number =>
    Math.max(...from.map((each) => of(each) ?? 0));
  const lossy = figures.filter(({ encoding }) => LOSSY.includes(encoding));
  const lossless = figures.filter(({ encoding }) => !LOSSY.includes(encoding));
  const difference = ({ cuts }: Figures): number | undefined => cuts?.largestDifference;
  return [
    atMost(
      `outputs of another length in ${CUTS} cuts, any encoding`,
      largest(({ cuts }) => cuts?.otherLengths),
      0,
    ),
    atMost(`largest difference in ${CUTS} cuts, PCM, WAV, FLAC`, largest(difference, lossless), 0),
    atMost(`largest difference in ${CUTS} cuts, the other codecs`, largest(difference, lossy), MOST_DIFFERENCE),
    atMost(
      "crashes on fuzzed streams, any decoder",
      largest(({ fuzzed }) => fuzzed.crashes),
      0,
    ),
    atMost(
      "slowest fuzzed stream in ms, any decoder",
      largest(({ fuzzed }) => fuzzed.slowestMs),
      MOST_STREAM_MS,
    ),
    atMost(
      "growth of memory over a fuzz run in bytes, any decoder",
      largest(({ fuzzed }) => fuzzed.heapGrowthBytes),
      MOST_GROWTH_BYTES,
    ),
  ];
}
