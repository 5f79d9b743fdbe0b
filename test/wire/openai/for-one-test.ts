import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import { wavHeader } from "../../../src-main/files/wav-header.ts";
import { createStreamDecoder } from "../../../src-main/play/decode/create-stream-decoder.ts";
import { toS16le } from "../../../src-main/wire/audio-encoding/pcm-encoder.ts";
import {
  createOpenAiSynthesizer,
  type OpenAiSynthesizerOptions,
  type SpeechEndpoint,
} from "../../../src-main/wire/openai/openai-synthesizer.ts";
import { syllables } from "../signals.ts";
import { startScriptedServer, type ScriptedServer } from "./scripted-server.ts";

/** What is spoken, and who asks: neither may show in a failure. */
export const SECRET_TEXT = "A secret sentence.";
/** See {@link SECRET_TEXT}. */
export const SECRET_KEY = "a-secret-key";
/** 100 ms of sound as s16le at 24 kHz. */
export const SPEECH = toS16le(syllables(1).subarray(0, 2_400));

/** {@link SPEECH} as a WAV file that declares this rate. */
export function wavOf(sampleRateHz: number): Buffer {
  return Buffer.concat([wavHeader({ sampleRateHz, channels: 1 }, SPEECH.length), SPEECH]);
}

/** A server for one test. */
export async function scripted(
  answer: (socket: Socket, request: string, count: number) => void,
): Promise<ScriptedServer> {
  const server = await startScriptedServer(answer);
  onTestFinished(() => server.close());
  return server;
}

/** A synthesizer for one test. */
export function synthesizerOf(
  endpoints: readonly Partial<SpeechEndpoint>[],
  options: Partial<OpenAiSynthesizerOptions> = {},
): ReturnType<typeof createOpenAiSynthesizer> {
  const made = createOpenAiSynthesizer({
    endpoints: endpoints.map((endpoint) => ({ baseUrl: "", model: "tts-1", ...endpoint })),
    createDecoder: createStreamDecoder,
    timeoutMs: 5_000,
    ...options,
  });
  onTestFinished(() => made.close());
  return made;
}
