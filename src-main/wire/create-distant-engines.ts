import type { Settings } from "../../src-shared/settings.ts";
import type { EndOfTurnPredictor, Synthesizer, Transcriber } from "../turn/ports.ts";
import { createMoshiEndOfTurn } from "./moshi-stt/moshi-end-of-turn.ts";
import { createMoshiTranscriber } from "./moshi-stt/moshi-transcriber.ts";
import { createMoshiSynthesizer } from "./moshi-tts/moshi-synthesizer.ts";
import { createOpenAiSynthesizer } from "./openai/openai-synthesizer.ts";
import { createOpenAiTranscriber } from "./openai/openai-transcriber.ts";
import type { CreateSpeechDecoder } from "./openai/speech-decoder.ts";
import { createVibevoiceSynthesizer } from "./vibevoice/vibevoice-synthesizer.ts";

/** Whether another engine answers when the server does not: then it is waited for less patiently. */
interface Patience {
  readonly useEmbeddedOnFailure: boolean;
}

/** With an engine in reserve, a conversation need not wait longer than this for a server that does not answer. */
const SHORT_CONNECT_MS = 2_000;
const SHORT_ANSWER_MS = 8_000;
/** What OpenAI calls its usual models. */
const USUAL_RECOGNITION_MODEL = "whisper-1";
const USUAL_SPEECH_MODEL = "tts-1";

/** The recognizer on the server that the settings name; undefined for the embedded one. */
export function createDistantTranscriber({
  engine,
  urls,
  apiKey,
  model,
  delayFrames,
  useEmbeddedOnFailure,
}: Settings["recognition"] & Patience): Transcriber | undefined {
  switch (engine) {
    case "embedded":
      return undefined;
    case "moshi": {
      const short = { mostAttempts: 1, connectTimeoutMs: SHORT_CONNECT_MS };
      return createMoshiTranscriber({ url: urls[0] ?? "", apiKey, delayFrames, ...(useEmbeddedOnFailure && short) });
    }
    case "openai": {
      const retries = useEmbeddedOnFailure ? { mostRetries: 0 } : {};
      const endpoints = urls.map((baseUrl) => ({
        baseUrl,
        apiKey,
        model: model || USUAL_RECOGNITION_MODEL,
        ...retries,
      }));
      return createOpenAiTranscriber({ endpoints, ...(useEmbeddedOnFailure && { timeoutMs: SHORT_ANSWER_MS }) });
    }
  }
}

/** The voice on the server that the settings name; undefined for the embedded one. `createDecoder`: for what OpenAI's interface sends. */
export function createDistantSynthesizer(
  { engine, urls, apiKey, model, voice, useEmbeddedOnFailure }: Settings["speech"] & Patience,
  createDecoder: CreateSpeechDecoder,
): Synthesizer | undefined {
  const url = urls[0] ?? "";
  switch (engine) {
    case "embedded":
      return undefined;
    case "moshi": {
      const short = { mostAttempts: 1, connectTimeoutMs: SHORT_CONNECT_MS, silenceMs: SHORT_ANSWER_MS };
      return createMoshiSynthesizer({ url, apiKey, voice, ...(useEmbeddedOnFailure && short) });
    }
    case "vibevoice": {
      const short = { connectTimeoutMs: SHORT_CONNECT_MS, silenceMs: SHORT_ANSWER_MS };
      return createVibevoiceSynthesizer({ baseUrl: url, voice, ...(useEmbeddedOnFailure && short) });
    }
    case "openai": {
      const endpoints = urls.map((baseUrl) => ({
        baseUrl,
        apiKey,
        model: model || USUAL_SPEECH_MODEL,
        ...(voice !== "" && { voice }),
        ...(useEmbeddedOnFailure && { mostRetries: 0 }),
      }));
      const short = useEmbeddedOnFailure ? { timeoutMs: SHORT_ANSWER_MS } : {};
      return createOpenAiSynthesizer({ endpoints, createDecoder, ...short });
    }
  }
}

/** The predictor that listens to the server of speech recognition. It cannot be used where that is none of moshi. */
export function createDistantEndOfTurn({ engine, urls, apiKey }: Settings["recognition"]): EndOfTurnPredictor {
  return createMoshiEndOfTurn({ url: (engine === "moshi" && urls[0]) || "", apiKey });
}
