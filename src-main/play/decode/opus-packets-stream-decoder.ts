import { unitOutput } from "./decoded-output.ts";
import { createOpusPacketDecoder } from "./opus-packet-decoder.ts";
import { PackageStreamDecoder, type UnitDecoder, type UnitReader } from "./package-stream-decoder.ts";
import type { RawFormat, StreamDecoder } from "./stream-decoder.ts";

/**
 * Opus packets without a container, one per push, to mono. Decodes to the rate of the format where Opus has it (8, 12, 16, 24, 48 kHz), and to
 * 48 kHz where not. An empty push is no packet.
 */
export async function createOpusPacketsStreamDecoder({ channels, sampleRateHz }: RawFormat): Promise<StreamDecoder> {
  const layout = { channels, streams: 1, coupledStreams: channels - 1, mapping: channels === 1 ? [0] : [0, 1] };
  const create = async (): Promise<UnitDecoder<Uint8Array>> => {
    const decoder = await createOpusPacketDecoder(layout, sampleRateHz);
    return { decode: (packet) => unitOutput(decoder.decode(packet)), free: () => decoder.free() };
  };
  return new PackageStreamDecoder(WHOLE_PACKETS, create, await create());
}

const WHOLE_PACKETS: UnitReader<Uint8Array> = {
  read: (packet) => (packet.length > 0 ? [packet] : []),
  end: () => [],
  skippedStretches: 0,
  isTruncated: false,
};
