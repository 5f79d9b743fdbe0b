import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { DecodedAudio } from "./audio-file.ts";

const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Writers that cannot go back to their header leave a size like this: 0xFFFFFFFF, or a little less than 0x7FFFFFFF. */
const UNKNOWN_SIZE = 0x7fff_0000;

interface Format {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
}

type SampleReader = (view: DataView, offset: number) => number;

const READERS: Record<string, SampleReader> = {
  "1/8": (view, offset) => (view.getUint8(offset) - 128) / 128,
  "1/16": (view, offset) => view.getInt16(offset, true) / 32_768,
  "1/24": (view, offset) => ((view.getUint16(offset, true) << 8) | (view.getInt8(offset + 2) << 24)) / 2_147_483_648,
  "1/32": (view, offset) => view.getInt32(offset, true) / 2_147_483_648,
  "3/32": (view, offset) => view.getFloat32(offset, true),
  "3/64": (view, offset) => view.getFloat64(offset, true),
};

/**
 * Decodes a WAV file to mono: PCM of 8, 16, 24 or 32 bits and float of 32 or 64, any rate, any number of channels (averaged). A data chunk
 * that is shorter than it says is read as far as it goes, with a warning; sizes that a streaming writer left open mean "to the end of the file".
 * Codes: input-unreadable, input-empty.
 */
export function readWav(bytes: Uint8Array): Outcome<DecodedAudio> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Format | undefined;
  for (let offset = 12; offset + 8 <= view.byteLength;) {
    const id = ascii(view, offset);
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (id === "fmt " && start + 16 <= view.byteLength) format = readFormat(view, start, size);
    if (id === "data")
      return format ? readData(view, start, size, format) : unreadable("the data comes before the format");
    offset = start + size + (size % 2);
  }
  return unreadable(format ? "it has no data" : "it has no format");
}

function readFormat(view: DataView, start: number, size: number): Format {
  const declared = view.getUint16(start, true);
  const isExtended = declared === EXTENSIBLE && size >= 26 && start + 26 <= view.byteLength;
  return {
    encoding: isExtended ? view.getUint16(start + 24, true) : declared,
    channels: view.getUint16(start + 2, true),
    sampleRateHz: view.getUint32(start + 4, true),
    bitsPerSample: view.getUint16(start + 14, true),
  };
}

function readData(view: DataView, start: number, size: number, format: Format): Outcome<DecodedAudio> {
  const { encoding, channels, sampleRateHz, bitsPerSample } = format;
  const read = READERS[`${encoding}/${bitsPerSample}`];
  if (!read || (encoding !== PCM && encoding !== IEEE_FLOAT)) {
    return unreadable(`encoding ${encoding} with ${bitsPerSample} bits is not supported`);
  }
  if (channels === 0) return unreadable("it has no channels");
  const bytesPerSample = bitsPerSample / 8;
  const available = view.byteLength - start;
  const isWholeFile = view.getUint32(4, true) + 8 === view.byteLength;
  const isOpenEnded = size >= UNKNOWN_SIZE || (size === 0 && !isWholeFile);
  const frames = Math.floor((isOpenEnded ? available : Math.min(size, available)) / (bytesPerSample * channels));
  if (frames === 0) return failed("input-empty", "input", "the WAV file holds no samples");
  const pcm = new Float32Array(frames);
  for (let frame = 0, offset = start; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, offset += bytesPerSample) sum += read(view, offset);
    pcm[frame] = Number.isFinite(sum) ? sum / channels : 0;
  }
  const warnings =
    !isOpenEnded && size > available
      ? [
          `the file is cut short: ${(frames / sampleRateHz).toFixed(2)} s of ${(size / (bytesPerSample * channels) / sampleRateHz).toFixed(2)} s are there`,
        ]
      : [];
  return succeeded({ pcm, sampleRateHz, format: "wav", warnings });
}

function ascii(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(offset + index)));
}

function unreadable(reason: string): Outcome<never> {
  return failed("input-unreadable", "input", `not a WAV file that can be read: ${reason}`);
}
