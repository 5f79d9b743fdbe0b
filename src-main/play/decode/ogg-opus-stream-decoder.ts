import { OggAudioDecoder, type OggCodec } from "./ogg-audio-decoder.ts";
import { OggPacketReader } from "./ogg-packet-reader.ts";
import { createOpusPacketDecoder, type OpusChannels } from "./opus-packet-decoder.ts";
import { PackageStreamDecoder } from "./package-stream-decoder.ts";
import type { StreamDecoder } from "./stream-decoder.ts";

interface OpusHead extends OpusChannels {
  readonly preSkipSamples: number;
  readonly gain: number;
}

/** Opus in Ogg (RFC 7845) to mono at 48 kHz: pre-skip, end trimming and output gain applied, chained streams one after the other. */
export async function createOggOpusStreamDecoder(): Promise<StreamDecoder> {
  await import("opus-decoder");
  const create = (): OggAudioDecoder => new OggAudioDecoder(OPUS);
  return new PackageStreamDecoder(new OggPacketReader("OpusHead"), async () => create(), create());
}

const OPUS: OggCodec = {
  headerPackets: 2,
  async create([head]) {
    const { gain, preSkipSamples, ...channels } = readHead(head!);
    const decoder = await createOpusPacketDecoder(channels);
    return {
      leadingSamples: preSkipSamples,
      decode(packet) {
        const output = decoder.decode(packet);
        return gain === 1 ? output : { ...output, channelData: amplified(output.channelData, gain) };
      },
      free: () => decoder.free(),
    };
  },
};

function readHead(head: Uint8Array): OpusHead {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const channels = view.getUint8(9);
  const isPlain = view.getUint8(18) === 0;
  const streams = isPlain ? 1 : view.getUint8(19);
  const coupledStreams = isPlain ? channels - 1 : view.getUint8(20);
  const mapping = Array.from({ length: channels }, (_, index) => (isPlain ? index : view.getUint8(21 + index)));
  const isSound =
    channels > 0 &&
    (!isPlain || channels <= 2) &&
    streams > 0 &&
    coupledStreams <= streams &&
    mapping.every((source) => source === 255 || source < streams + coupledStreams);
  if (!isSound) throw new Error("the Opus header makes no sense");
  const gain = 10 ** (view.getInt16(16, true) / (20 * 256));
  return { channels, streams, coupledStreams, mapping, gain, preSkipSamples: view.getUint16(10, true) };
}

function amplified(channelData: readonly Float32Array[], gain: number): readonly Float32Array[] {
  return channelData.map((channel) => channel.map((sample) => sample * gain));
}
