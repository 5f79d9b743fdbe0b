import { PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { failure, succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import type { SpeechRequest, Synthesizer } from "../../turn/ports.ts";
import { distantSynthesizer } from "../distant-synthesizer.ts";
import { longestSpeechMs } from "../longest-speech-ms.ts";
import type { RingSpeech } from "../ring-speech.ts";
import { cutText } from "./cut-text.ts";
import { EndpointOrder, providerOf, type Endpoint } from "./endpoint.ts";
import { openAnswer } from "./open-answer.ts";
import { receiveSpeech } from "./receive-speech.ts";
import type { CreateSpeechDecoder, SpeechEncoding } from "./speech-decoder.ts";
import { allFailed, tryEndpoint } from "./try-endpoint.ts";
import { unspokenText } from "./unspoken-text.ts";
import { openAiVoice } from "./voice-names.ts";

const TIMEOUT_MS = 30_000;
const MOST_RETRIES = 2;

/** Formats of speech by OpenAI's names, and what they decode as. */
const ENCODINGS = {
  pcm: "s16le",
  wav: "wav",
  mp3: "mp3",
  opus: "ogg-opus",
  flac: "flac",
  aac: "aac",
} as const satisfies Readonly<Record<string, SpeechEncoding>>;

/** A server that speaks. */
export interface SpeechEndpoint extends Endpoint {
  /** The assistant's own voice name unless told; OpenAI gets the nearest of its own. */
  readonly voice?: string;
  /** `pcm` unless told: it is heard first. */
  readonly format?: keyof typeof ENCODINGS;
  /** How to speak, for models that follow instructions. */
  readonly instructions?: string;
}

/** See {@link createOpenAiSynthesizer}. */
export interface OpenAiSynthesizerOptions {
  /** In the order in which they are asked. Those of this machine are tried once, others three times, unless they tell. */
  readonly endpoints: readonly SpeechEndpoint[];
  readonly createDecoder: CreateSpeechDecoder;
  /** Longest wait for the answer, and how much slower than speech it may be then; 30 s unless told. */
  readonly timeoutMs?: number;
  /** Told each time an endpoint could not do it. */
  readonly onFailure?: (failure: Failure) => void;
}

/**
 * Speaks with servers that have OpenAI's interface: `POST {base}/audio/speech`, heard while it comes. The next endpoint is asked when one
 * fails; one that failed is asked last for the next 30 s. Nothing that is in the ring is spoken again: when the speech breaks off, the next
 * endpoint goes on with the first clause of which nothing can have been heard, and where there is none, the failure says so. Words get their
 * times by their lengths. Codes: source-unreachable, source-refused, source-timeout, source-lost, protocol-error, speak-failed, with what
 * each endpoint did in the detail.
 */
export function createOpenAiSynthesizer(options: OpenAiSynthesizerOptions): Synthesizer {
  const order = new EndpointOrder(options.endpoints);
  return distantSynthesizer(async (request, speech, signal) => {
    for (const text of cutText(request.text).filter(hasWords)) {
      const problem = await speakText({ ...request, text }, speech, order, options, signal);
      if (problem) return problem;
    }
    return undefined;
  });
}

async function speakText(
  request: SpeechRequest,
  speech: RingSpeech,
  order: EndpointOrder<SpeechEndpoint>,
  options: OpenAiSynthesizerOptions,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const failures: Failure[] = [];
  let rest = request.text;
  for (const endpoint of order.inOrder()) {
    const before = speech.samples;
    const spoken = await speakOn(endpoint, { ...request, text: rest }, speech, options, signal);
    if (spoken.ok) {
      order.worked(endpoint);
      speech.spreadWords(rest, before);
      return undefined;
    }
    order.failed(endpoint);
    options.onFailure?.(spoken.failure);
    failures.push(spoken.failure);
    if (speech.samples === before) continue;
    const spokenMs = samplesToMs(speech.samples - before, PLAYBACK_RATE_HZ);
    const [heard, unheard] = unspokenText(rest, spokenMs, request.rateRatio);
    speech.spreadWords(heard, before);
    rest = unheard;
    if (!hasWords(rest)) break;
  }
  return brokenOff(allFailed(failures), speech.samples);
}

/** One endpoint, again only while nothing of it is in the ring. */
function speakOn(
  endpoint: SpeechEndpoint,
  request: SpeechRequest,
  speech: RingSpeech,
  { createDecoder, timeoutMs = TIMEOUT_MS }: OpenAiSynthesizerOptions,
  signal: AbortSignal,
): Promise<Outcome<void>> {
  const { format = "pcm", mostRetries = providerOf(endpoint) === "local" ? 0 : MOST_RETRIES } = endpoint;
  const before = speech.samples;
  const mostSpeechMs = longestSpeechMs(request.text, request.rateRatio);
  const attempt = async (signal: AbortSignal): Promise<Outcome<void>> => {
    const question = {
      path: "/audio/speech",
      contentType: "application/json",
      body: bodyOf(endpoint, request, format),
      stage: "speak",
    } as const;
    const opened = await openAnswer(endpoint, question, timeoutMs, signal);
    if (!opened.ok) return opened;
    try {
      const receive = { encoding: ENCODINGS[format], createDecoder, timeoutMs, mostSpeechMs };
      const problem = await receiveSpeech(opened.value, speech, receive);
      if (!problem) return succeeded(undefined);
      return { ok: false, failure: { ...problem, retryable: problem.retryable && speech.samples === before } };
    } finally {
      opened.value.close();
    }
  };
  return tryEndpoint(attempt, mostRetries, signal);
}

function bodyOf(endpoint: SpeechEndpoint, { text, voice, rateRatio }: SpeechRequest, format: string): string {
  const { model, instructions, voice: own } = endpoint;
  return JSON.stringify({
    model,
    input: text,
    voice: own ?? (providerOf(endpoint) === "openai" ? openAiVoice(voice) : voice),
    response_format: format,
    ...(rateRatio !== 1 && { speed: Math.min(4, Math.max(0.25, rateRatio)) }),
    ...(instructions !== undefined && { instructions }),
  });
}

function brokenOff(problem: Failure, samples: number): Failure {
  if (samples === 0) return problem;
  const detail = `the speech broke off after ${Math.round(samples / (PLAYBACK_RATE_HZ / 1000))} ms: ${problem.detail}`;
  return failure(problem.code, "speak", detail);
}

function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
