import { quietly, unitOutput } from "./decoded-output.ts";
import { MpegFrameReader } from "./mpeg-frame-reader.ts";
import { PackageStreamDecoder, type UnitDecoder } from "./package-stream-decoder.ts";
import type { StreamDecoder } from "./stream-decoder.ts";

/** MPEG audio of layers II and III to mono at its own rate, the padding that the encoder declares left out. */
export async function createMp3StreamDecoder(): Promise<StreamDecoder> {
  return new PackageStreamDecoder(new MpegFrameReader(), createFrameDecoder, await createFrameDecoder());
}

async function createFrameDecoder(): Promise<UnitDecoder<Uint8Array>> {
  const { MPEGDecoder } = await import("mpg123-decoder");
  const decoder = new MPEGDecoder();
  await decoder.ready;
  return { decode: (frame) => unitOutput(quietly(() => decoder.decode(frame))), free: () => decoder.free() };
}
