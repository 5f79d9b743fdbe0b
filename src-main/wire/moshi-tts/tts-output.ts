import { OggOpusEncoder } from "../ogg-opus/ogg-opus-encoder.ts";
import { encodeTtsServerMessage } from "./tts-messages.ts";

/** What a client may ask the speech to come as. */
export const TTS_FORMATS = ["PcmMessagePack", "OggOpusMessagePack", "Pcm", "OggOpus"] as const;

/** See {@link TTS_FORMATS}. */
export type TtsFormat = (typeof TTS_FORMATS)[number];

/** One frame of the protocol: 80 ms. */
export const TTS_FRAME_SAMPLES = 1_920;

const OGG = { serial: 42, preSkipSamples: 3_840, packetMs: 40 } as const;
const LOUDEST = 0.99;

/** Frames of speech as messages of one format. */
export interface TtsOutput {
  /** Whether there are messages beside the audio. */
  readonly hasMessages: boolean;
  /** Messages to be sent before any audio. */
  begin(): readonly Uint8Array[];
  /** A frame of TTS_FRAME_SAMPLES. */
  frame(pcm: Float32Array): readonly Uint8Array[];
  /** Messages behind the last frame. */
  end(): readonly Uint8Array[];
  close(): void;
}

/** Makes the messages of a format. */
export async function createTtsOutput(format: TtsFormat): Promise<TtsOutput> {
  switch (format) {
    case "Pcm":
      return pcmOutput(false, f32le);
    case "PcmMessagePack":
      return pcmOutput(true, (pcm) => encodeTtsServerMessage({ type: "Audio", pcm }));
    case "OggOpus":
      return opusOutput(false, await OggOpusEncoder.create(OGG), (data) => data);
    case "OggOpusMessagePack":
      return opusOutput(true, await OggOpusEncoder.create(OGG), (data) =>
        encodeTtsServerMessage({ type: "OggOpus", data }),
      );
  }
}

function pcmOutput(hasMessages: boolean, encode: (pcm: Float32Array) => Uint8Array): TtsOutput {
  return {
    hasMessages,
    begin: () => [],
    frame: (pcm) => [encode(pcm.map((sample) => Math.max(-LOUDEST, Math.min(LOUDEST, sample))))],
    end: () => [],
    close: () => undefined,
  };
}

function opusOutput(hasMessages: boolean, encoder: OggOpusEncoder, wrap: (data: Uint8Array) => Uint8Array): TtsOutput {
  const some = (bytes: Uint8Array): readonly Uint8Array[] => (bytes.length > 0 ? [wrap(bytes)] : []);
  return {
    hasMessages,
    begin: () => [wrap(encoder.header)],
    frame: (pcm) => some(encoder.push(pcm)),
    end: () => some(encoder.finish()),
    close: () => encoder.close(),
  };
}

function f32le(pcm: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(pcm.length * 4));
  for (let index = 0; index < pcm.length; index++) view.setFloat32(index * 4, pcm[index] as number, true);
  return new Uint8Array(view.buffer);
}
