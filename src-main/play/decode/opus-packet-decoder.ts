import { quietly, type PackageOutput } from "./decoded-output.ts";

/** How the channels of an Opus stream are packed (RFC 7845, section 5.1.1). `mapping` holds one stream channel per output channel. */
export interface OpusChannels {
  readonly channels: number;
  readonly streams: number;
  readonly coupledStreams: number;
  readonly mapping: readonly number[];
}

/** Rates that the codec decodes to by itself. */
const CODEC_RATES_HZ = [8_000, 12_000, 16_000, 24_000, 48_000] as const;

/** Decodes one Opus packet after the other. A damaged packet gives errors and no samples; where the package breaks down, `decode` throws. */
export interface OpusPacketDecoder {
  decode(packet: Uint8Array): PackageOutput;
  free(): void;
}

/** Makes a decoder of Opus packets. `sampleRateHz`: the rate to decode to; 48 kHz where the codec does not have it. */
export async function createOpusPacketDecoder(
  { channels, streams, coupledStreams, mapping }: OpusChannels,
  sampleRateHz = 48_000,
): Promise<OpusPacketDecoder> {
  const { OpusDecoder } = await import("opus-decoder");
  const decoder = new OpusDecoder({
    channels,
    streamCount: streams,
    coupledStreamCount: coupledStreams,
    channelMappingTable: [...mapping],
    sampleRate: CODEC_RATES_HZ.find((rateHz) => rateHz === sampleRateHz) ?? 48_000,
  });
  await decoder.ready;
  return { decode: (packet) => quietly(() => decoder.decodeFrame(packet)), free: () => decoder.free() };
}
