/** Shape of a 16-bit PCM WAV file. */
export interface WavFormat {
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

/** Length of {@link wavHeader}. */
export const WAV_HEADER_BYTES = 44;

/** What a size field holds when the size does not fit: readers then read to the end of the file. */
const MOST_BYTES = 0xffff_ffff;

/** The header of a 16-bit PCM WAV file whose samples take `dataBytes`. */
export function wavHeader({ sampleRateHz, channels }: WavFormat, dataBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(Math.min(MOST_BYTES, WAV_HEADER_BYTES - 8 + dataBytes), 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(Math.min(MOST_BYTES, dataBytes), 40);
  return header;
}

/** A sample in [-1, 1] as 16 bits; louder ones are clipped. */
export function toInt16(sample: number): number {
  return Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
}
