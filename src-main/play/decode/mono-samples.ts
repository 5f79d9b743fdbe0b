/** Layouts of one sample of PCM, little-endian. `u8` is centred on 128; the others are signed or floating point. */
export type SampleLayout = "u8" | "s16le" | "s24le" | "s32le" | "f32le" | "f64le";

/** Size of one sample of each layout. */
export const BYTES_PER_SAMPLE: Readonly<Record<SampleLayout, number>> = {
  u8: 1,
  s16le: 2,
  s24le: 3,
  s32le: 4,
  f32le: 4,
  f64le: 8,
};

/** The value that stands for full scale in each layout. */
const FULL_SCALE: Readonly<Record<SampleLayout, number>> = {
  u8: 128,
  s16le: 32_768,
  s24le: 8_388_608,
  s32le: 2_147_483_648,
  f32le: 1,
  f64le: 1,
};

/**
 * Interleaved samples to mono: the channels of a frame averaged in double precision, then rounded once. `bytes` holds whole frames. Values of
 * the floating-point layouts are passed on as they are, also beyond [-1, 1] and also when they are not finite.
 */
export function readMonoSamples(bytes: Uint8Array, layout: SampleLayout, channels: number): Float32Array {
  const values = viewOfSamples(bytes, layout);
  if (channels === 1 && values instanceof Float32Array) return new Float32Array(values);
  const frames = values.length / channels;
  const mono = new Float32Array(frames);
  const [offset, scale] = [layout === "u8" ? 128 : 0, 1 / FULL_SCALE[layout]];
  if (channels === 1) {
    for (let frame = 0; frame < frames; frame++) mono[frame] = (values[frame]! - offset) * scale;
  } else if (channels === 2) {
    const half = scale / 2;
    for (let frame = 0, at = 0; frame < frames; frame++, at += 2)
      mono[frame] = (values[at]! - offset + (values[at + 1]! - offset)) * half;
  } else {
    for (let frame = 0, at = 0; frame < frames; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++, at++) sum += values[at]! - offset;
      mono[frame] = (sum * scale) / channels;
    }
  }
  return mono;
}

type SampleView = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** The samples as numbers: a view where the bytes are aligned, a copy where they are not. */
function viewOfSamples(bytes: Uint8Array, layout: SampleLayout): SampleView {
  if (layout === "u8") return bytes;
  if (layout === "s24le") return widen24Bits(bytes);
  const size = BYTES_PER_SAMPLE[layout];
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const length = bytes.length / size;
  if (layout === "s16le") return new Int16Array(buffer, byteOffset, length);
  if (layout === "s32le") return new Int32Array(buffer, byteOffset, length);
  if (layout === "f32le") return new Float32Array(buffer, byteOffset, length);
  return new Float64Array(buffer, byteOffset, length);
}

function widen24Bits(bytes: Uint8Array): Int32Array {
  const values = new Int32Array(bytes.length / 3);
  for (let index = 0, at = 0; index < values.length; index++, at += 3) {
    values[index] = ((bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | 0) << 8) >> 8;
  }
  return values;
}
