import { FailureError } from "../../../src-shared/failure.ts";
import { CONTENT_TYPES } from "../audio-encoding/audio-encoder.ts";
import { encodeSpeech } from "../audio-encoding/encode-speech.ts";
import { openAiRefusal } from "../refusals.ts";
import type { HttpRoute } from "../route.ts";
import type { ServedEngines } from "../served-engines.ts";
import type { SessionMeters } from "../session-meters.ts";
import { engineRefusal, orApiError } from "./api-error.ts";
import { EVENT_STREAM_HEADERS, serverEvent } from "./server-events.ts";
import { readSpeechOrder, type SpeechOrder } from "./speech-order.ts";
import { wholeText } from "../whole-text.ts";

/** The longest text in the longest way to write it, and as much again for what is ignored. */
const MOST_BODY_BYTES = 128 * 1024;

/** `POST /v1/audio/speech`: sent while it is spoken, the first bytes as soon as the first clause is. */
export function speechRoute(engines: Pick<ServedEngines, "voices" | "speak">, meters: SessionMeters): HttpRoute {
  return {
    method: "POST",
    path: "/v1/audio/speech",
    access: "bearer",
    refuse: openAiRefusal,
    isSession: true,
    mostBodyBytes: MOST_BODY_BYTES,
    answer: orApiError(async (request) => {
      const order = readSpeechOrder(await request.readBody());
      const audio = speak(order, engines, meters, request.signal);
      return order.asEvents
        ? { status: 200, headers: EVENT_STREAM_HEADERS, body: asEvents(audio) }
        : { status: 200, headers: { "content-type": CONTENT_TYPES[order.encoding] }, body: audio };
    }),
  };
}

/** Throws a Refusal where the engine fails. */
async function* speak(
  { text, voice, rateRatio, encoding }: SpeechOrder,
  engines: Pick<ServedEngines, "voices" | "speak">,
  meters: SessionMeters,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const startedAtMs = performance.now();
  const meter = meters.open("synthesis", "openai");
  let isFirst = true;
  try {
    const known = engines.voices.includes(voice) ? voice : (engines.voices[0] ?? "");
    for await (const bytes of encodeSpeech(
      engines.speak(wholeText(text), { voice: known, rateRatio }, signal),
      encoding,
    )) {
      if (isFirst) meter.firstAudio(performance.now() - startedAtMs);
      isFirst = false;
      yield bytes;
    }
  } catch (error) {
    throw error instanceof FailureError ? engineRefusal(error.failure) : error;
  } finally {
    meter.close();
  }
}

async function* asEvents(audio: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of audio)
    yield serverEvent({ type: "speech.audio.delta", audio: Buffer.from(bytes).toString("base64") });
  yield serverEvent({
    type: "speech.audio.done",
    usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
  });
}
