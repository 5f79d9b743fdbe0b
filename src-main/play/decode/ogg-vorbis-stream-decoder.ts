import type { OggVorbisDecoder } from "@wasm-audio-decoders/ogg-vorbis";
import { quietly } from "./decoded-output.ts";
import { OggAudioDecoder, type OggCodec } from "./ogg-audio-decoder.ts";
import { OggPacketReader } from "./ogg-packet-reader.ts";
import { PackageStreamDecoder } from "./package-stream-decoder.ts";
import type { StreamDecoder } from "./stream-decoder.ts";

/** Vorbis in Ogg to mono at its own rate: end trimming applied, chained streams one after the other. */
export async function createOggVorbisStreamDecoder(): Promise<StreamDecoder> {
  await import("@wasm-audio-decoders/ogg-vorbis");
  const create = (): OggAudioDecoder => new OggAudioDecoder(VORBIS);
  return new PackageStreamDecoder(new OggPacketReader("\u0001vorbis"), async () => create(), create());
}

type PackagePages = Parameters<OggVorbisDecoder["decodeOggPages"]>[0];

const VORBIS: OggCodec = {
  headerPackets: 3,
  async create([identification, , setup]) {
    if (identification!.length < 30 || setup![0] !== 5) throw new Error("the Vorbis headers make no sense");
    const { OggVorbisDecoder } = await import("@wasm-audio-decoders/ogg-vorbis");
    const decoder = new OggVorbisDecoder();
    await decoder.ready;
    // The package takes pages as its own parser makes them; these carry the fields that it reads.
    const header = { vorbisSetup: setup };
    const firstPage = { data: identification, codecFrames: [], isLastPage: false };
    let isStarted = false;
    return {
      leadingSamples: "first-page",
      decode(packet) {
        const page = { data: NO_DATA, codecFrames: [{ data: packet, header }], isLastPage: false };
        const pages = isStarted ? [page] : [firstPage, page];
        isStarted = true;
        return quietly(() => decoder.decodeOggPages(pages as unknown as PackagePages));
      },
      free: () => decoder.free(),
    };
  },
};

const NO_DATA = new Uint8Array(1);
