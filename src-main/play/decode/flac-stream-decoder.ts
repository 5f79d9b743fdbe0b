import { quietly, unitOutput, type PackageOutput } from "./decoded-output.ts";
import { FlacFrameReader } from "./flac-frame-reader.ts";
import { PackageStreamDecoder, type UnitDecoder } from "./package-stream-decoder.ts";
import type { StreamDecoder } from "./stream-decoder.ts";

/** FLAC to mono at its own rate, exact up to 24 bits. Frames with a wrong checksum are left out. */
export async function createFlacStreamDecoder(): Promise<StreamDecoder> {
  const reader = new FlacFrameReader();
  const create = (): Promise<UnitDecoder<Uint8Array>> => createFrameDecoder(reader);
  return new PackageStreamDecoder(reader, create, await create());
}

async function createFrameDecoder({ metadata }: FlacFrameReader): Promise<UnitDecoder<Uint8Array>> {
  const { FLACDecoder } = await import("@wasm-audio-decoders/flac");
  const decoder = new FLACDecoder();
  await decoder.ready;
  let isStarted = false;
  return {
    async decode(frame) {
      const start = isStarted || !metadata.streamStart ? [] : [metadata.streamStart];
      isStarted = true;
      const output = await quietly(() => decoder.decodeFrames([...start, frame]));
      const { piece } = unitOutput(rescaled(output));
      // With samples, the message is about frames that are missing before this one, which the reader has counted.
      return { piece, isDamaged: output.errors.length > 0 && piece === undefined };
    },
    free: () => decoder.free(),
  };
}

/** The package takes the largest positive value for full scale; everything else here takes the power of two, which also keeps samples exact. */
function rescaled(output: PackageOutput & { readonly bitDepth: number }): PackageOutput {
  const fullScale = 2 ** (output.bitDepth - 1);
  const isExact = output.bitDepth <= 24;
  for (const channel of output.channelData) {
    for (let index = 0; index < channel.length; index++) {
      const value = channel[index]! * (fullScale - 1);
      channel[index] = (isExact ? Math.round(value) : value) / fullScale;
    }
  }
  return output;
}
