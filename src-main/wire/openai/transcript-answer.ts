import { deflateSync } from "node:zlib";
import { jsonAnswer, type HttpAnswer } from "../route.ts";
import type { TimedTranscript } from "../served-engines.ts";
import { EVENT_STREAM_HEADERS, serverEvent } from "./server-events.ts";
import { toSrt, toVtt } from "./subtitles.ts";
import type { TranscriptionOrder } from "./transcription-order.ts";

/** Says what was said in the shape that was asked for. Times in seconds, as there. */
export function transcriptAnswer(
  transcript: TimedTranscript,
  { format, granularities, asEvents }: TranscriptionOrder,
): HttpAnswer {
  const { text, durationMs } = transcript;
  const usage = { type: "duration", seconds: Math.ceil(durationMs / 1000) };
  if (asEvents) return { status: 200, headers: EVENT_STREAM_HEADERS, body: events(transcript) };
  switch (format) {
    case "json":
      return jsonAnswer({ text, usage });
    case "text":
      return plain(`${text}\n`, "text/plain");
    case "srt":
      return plain(toSrt(transcript), "application/x-subrip");
    case "vtt":
      return plain(toVtt(transcript), "text/vtt");
    case "verbose_json":
      return jsonAnswer({
        task: "transcribe",
        language: "english",
        duration: seconds(durationMs),
        text,
        ...(granularities.has("word") && { words: wordsOf(transcript) }),
        ...(granularities.has("segment") && { segments: segmentsOf(transcript) }),
        usage,
      });
  }
}

async function* events({ text, segments }: TimedTranscript): AsyncGenerator<Uint8Array> {
  for (const [index, segment] of segments.entries())
    yield serverEvent({ type: "transcript.text.delta", delta: index === 0 ? segment.text : ` ${segment.text}` });
  yield serverEvent({ type: "transcript.text.done", text });
}

function wordsOf({ segments }: TimedTranscript) {
  return segments.flatMap(({ words }) =>
    words.map(({ text, startMs, endMs }) => ({ word: text, start: seconds(startMs), end: seconds(endMs) })),
  );
}

/** What only Whisper has is there as what it would be for speech that is recognized well. */
function segmentsOf({ segments }: TimedTranscript) {
  return segments.map(({ startMs, endMs, text, meanLogProbability }, id) => ({
    id,
    seek: 0,
    start: seconds(startMs),
    end: seconds(endMs),
    text,
    tokens: [],
    temperature: 0,
    avg_logprob: meanLogProbability,
    compression_ratio: Buffer.byteLength(text) / deflateSync(text).length,
    no_speech_prob: 0,
  }));
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function plain(body: string, type: string): HttpAnswer {
  return { status: 200, headers: { "content-type": `${type}; charset=utf-8` }, body };
}
