import { setTimeout } from "node:timers/promises";
import { CAPTURE_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { sentences, type SpokenStream } from "../../test/fixtures/spoken-stream.ts";
import { normalizedWords } from "../../test/fixtures/word-error-rate.ts";
import {
  hearOutside,
  outsideSkipReason,
  speakOutside,
  type HeardOutside,
} from "../../test/wire/outside/outside-clients.ts";
import { ServingProcess } from "../../test/wire/outside/serving-process.ts";
import { atLeast, atMost, quantile, type BenchResult, type BenchRow, type Verdict } from "../bench-result.ts";
import {
  fairness,
  meanErrorRate,
  streamsHeardAlone,
  streamsHeardAtOnce,
  wordFigures,
  type ToldStream,
} from "./word-figures.ts";

const ALONE = "served, one client";
const CLIENTS = 16;
/** When all speak. */
const KNOCK_AFTER_MS = 4_000;
const LOOK_MS = 50;
const BURST_MS = 600_000;
/** Faster than any connection. */
const AT_ONCE = 1_000_000;
const RECOGNITION = "/api/asr-streaming";
const SYNTHESIS = "/api/tts_streaming";
const TEXT = "Good morning, the museum is closed on Mondays. But the library next door opens every day.";

/** `repartee serve` in a process of its own against clients in Python: see README.md. */
export async function measureServing(long: boolean): Promise<BenchResult> {
  const reason = outsideSkipReason();
  if (reason !== undefined) return { rows: [{ part: "served", stream: `skipped, ${reason}` }], verdicts: [] };
  const server = await ServingProcess.start(["--batch-size", String(CLIENTS)]);
  try {
    const results = [await measureOne(server), await measureMany(server, long), await measureSpeech(server, long)];
    if (long) results.push(await measureBurst(server));
    return { rows: results.flatMap(({ rows }) => rows), verdicts: results.flatMap(({ verdicts }) => verdicts) };
  } finally {
    await server.end();
  }
}

async function measureOne(server: ServingProcess): Promise<BenchResult> {
  const { streams, rows } = await streamsHeardAlone(ALONE);
  const verdicts: Verdict[] = [];
  for (const [speech, stream] of streams) {
    for (const speed of [1, 10]) {
      const [heard] = await hearOutside(server.socketUrl(RECOGNITION), [stream.pcm], { speed });
      if (!heard) continue;
      const told = [toldOf(stream, heard)];
      rows.push({ part: ALONE, speech, speed, ...wordFigures(told), ...markerFigures([heard]) });
      const what = `served, ${speech} at ${speed} x real time`;
      if (speech === "jfk.wav") verdicts.push(atMost(`${what}: word error rate`, meanErrorRate(told), 0.05));
      verdicts.push(
        atMost(`${what}: words behind the marker`, wordsAfterMarker(heard), 0),
        atMost(`${what}: steps too many or too few`, Math.abs(heard.steps - heard.audio_seconds * 12.5), 1),
      );
    }
  }
  return { rows, verdicts };
}

/** As many clients as there are channels, and one more. */
async function measureMany(server: ServingProcess, long: boolean): Promise<BenchResult> {
  const streams = await streamsHeardAtOnce(CLIENTS, long);
  const url = server.socketUrl(RECOGNITION);
  const recordings = streams.map(({ pcm }) => pcm);
  const hearing = hearOutside(url, recordings);
  while ((await server.metric("asr_open_channels")) < CLIENTS) await setTimeout(LOOK_MS);
  const [cpuBefore, startedAtMs] = [await server.metric("process_cpu_seconds_total"), performance.now()];
  await setTimeout(KNOCK_AFTER_MS);
  const [surplus] = await hearOutside(url, [new Float32Array(CAPTURE_RATE_HZ)]);
  const heard = await hearing;
  const elapsedSeconds = (performance.now() - startedAtMs) / 1000;
  const cpuSeconds = (await server.metric("process_cpu_seconds_total")) - cpuBefore;
  const told = heard.map((each, index) => toldOf(streams[index] as SpokenStream, each));
  const audioSeconds = heard.reduce((sum, { audio_seconds }) => sum + audio_seconds, 0);
  const speechSeconds = recordings.reduce((sum, pcm) => sum + samplesToMs(pcm.length, CAPTURE_RATE_HZ), 0) / 1000;
  const part = `served, ${CLIENTS} clients in real time`;
  const { latestMs, verdicts } = fairness(part, "client", told);
  const isRefused = surplus?.first.type === "Error" && surplus.first.message === "no free channels";
  return {
    rows: [
      {
        part,
        ...wordFigures(told),
        ...markerFigures(heard),
        "p95 of the latest client, ms": latestMs,
        "cores used": cpuSeconds / elapsedSeconds,
        "real-time streams on one core": audioSeconds / cpuSeconds,
        "of speech alone": speechSeconds / cpuSeconds,
        "resident, MB": (await server.metric("process_resident_memory_bytes")) / 1e6,
      },
    ],
    verdicts: [
      ...verdicts,
      atMost(
        `${part}: words behind a marker`,
        heard.reduce((sum, each) => sum + wordsAfterMarker(each), 0),
        0,
      ),
      atLeast(`${part}: the next one is told that there is no free channel`, Number(isRefused), 1),
      atMost(`${part}: time until the next one is told, ms`, (surplus?.first_after ?? Number.NaN) * 1000, 50),
    ],
  };
}

/** Ten minutes of speech as fast as the connection takes them, from a client that then only listens. */
async function measureBurst(server: ServingProcess): Promise<BenchResult> {
  const stream = await sentences(0, BURST_MS);
  const options = { speed: AT_ONCE, onlyListens: true };
  const [heard] = await hearOutside(server.socketUrl(RECOGNITION), [stream.pcm], options);
  if (!heard) return { rows: [], verdicts: [] };
  const part = "served, ten minutes in a burst";
  const { words } = toldOf(stream, heard);
  const share = words.length / normalizedWords(stream.text).length;
  const errorRate = meanErrorRate([{ stream, words }]);
  return {
    rows: [{ part, words: words.length, "word error rate": errorRate, ...markerFigures([heard]) }],
    verdicts: [
      atLeast(`${part}: words told, share`, share, 0.95),
      atMost(`${part}: word error rate`, errorRate, 0.1),
      atMost(`${part}: words behind the marker`, wordsAfterMarker(heard), 0),
    ],
  };
}

/** From the first word to the first audio, with all words sent at once. */
async function measureSpeech(server: ServingProcess, long: boolean): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  const verdicts: Verdict[] = [];
  for (const format of ["PcmMessagePack", "OggOpus"]) {
    const firstMs: number[] = [];
    for (let round = 0; round < (long ? 30 : 5); round++) {
      const spoken = await speakOutside(server.socketUrl(SYNTHESIS), TEXT, { format });
      firstMs.push(spoken.first_audio_after * 1000);
    }
    const [median, p95] = [quantile(firstMs, 0.5), quantile(firstMs, 0.95)];
    rows.push({
      part: "served, speech",
      format,
      rounds: firstMs.length,
      "first audio, median ms": median,
      "first audio, p95 ms": p95,
    });
    verdicts.push(atMost(`served, ${format}: first audio, median ms`, median, 500));
  }
  return { rows, verdicts };
}

function toldOf(stream: SpokenStream, { words }: HeardOutside): ToldStream {
  return { stream, words: words.map(({ text, delay }) => ({ text, delayMs: delay * 1000 })) };
}

function markerFigures(heard: readonly HeardOutside[]): BenchRow {
  return { "marker back after, ms": Math.max(...heard.map(({ marker_after }) => (marker_after ?? Number.NaN) * 1000)) };
}

/** NaN where the marker did not come back. */
function wordsAfterMarker({ words_after_marker }: HeardOutside): number {
  return words_after_marker === false ? Number.NaN : words_after_marker;
}
