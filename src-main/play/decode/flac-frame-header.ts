/** The header of one FLAC frame (RFC 9639, section 9.1). */
export interface FlacFrameHeader {
  readonly headerBytes: number;
  readonly blockSamples: number;
  readonly channels: number;
  /** Number of the frame, or of its first sample where the block size varies. */
  readonly codedNumber: number;
  readonly isBlockSizeVariable: boolean;
  /** Equal for the frames of one stream: blocking strategy, rate, channels and sample size. */
  readonly kind: number;
}

/** Block sizes by the four bits of the header; those above 7 are 256 samples and its doubles. */
const BLOCK_SAMPLES = [0, 192, 576, 1152, 2304, 4608];
const CRC8_TABLE = Uint8Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & 0x80 ? 0x07 : 0)) & 0xff;
  return value;
});

/** Reads the frame header at `at`. Nothing where there is none; `more` where the bytes end inside what may be one. */
export function readFlacFrameHeader(bytes: Uint8Array, at: number): FlacFrameHeader | "more" | undefined {
  const [first, second, third, fourth] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if (first !== 0xff || (second !== undefined && (second & 0xfe) !== 0xf8)) return undefined;
  if (second === undefined || third === undefined || fourth === undefined || bytes.length < at + 5) return "more";
  const [sizeCode, rateCode, channelCode] = [third >> 4, third & 15, fourth >> 4];
  const isReserved =
    sizeCode === 0 || rateCode === 15 || channelCode > 10 || (fourth & 0x0e) === 6 || (fourth & 1) === 1;
  const numberBytes = codedNumberBytes(bytes[at + 4]!);
  if (isReserved || numberBytes === 0) return undefined;
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode > 12 ? 2 : 0;
  const headerBytes = 4 + numberBytes + sizeBytes + rateBytes + 1;
  if (bytes.length < at + headerBytes) return "more";
  let crc = 0;
  for (let index = 0; index < headerBytes; index++) crc = CRC8_TABLE[crc ^ bytes[at + index]!]!;
  if (crc !== 0) return undefined;
  const sizeAt = at + 4 + numberBytes;
  const explicitSamples = sizeCode === 6 ? bytes[sizeAt]! + 1 : ((bytes[sizeAt]! << 8) | bytes[sizeAt + 1]!) + 1;
  const channels = channelCode < 8 ? channelCode + 1 : 2;
  return {
    headerBytes,
    blockSamples: sizeBytes > 0 ? explicitSamples : (BLOCK_SAMPLES[sizeCode] ?? 2 ** sizeCode),
    channels,
    codedNumber: codedNumber(bytes, at + 4, numberBytes),
    isBlockSizeVariable: (second & 1) === 1,
    kind: ((second & 1) << 16) | (rateCode << 12) | (channels << 8) | (fourth & 0x0f),
  };
}

/** Length of a number coded like UTF-8, from its first byte; 0 where that cannot start one. */
function codedNumberBytes(first: number): number {
  if (first < 0x80) return 1;
  const ones = Math.clz32(~(first << 24));
  return ones === 1 || ones > 7 ? 0 : ones;
}

function codedNumber(bytes: Uint8Array, at: number, length: number): number {
  if (length === 1) return bytes[at]!;
  let value = bytes[at]! & (0x7f >> length);
  for (let index = 1; index < length; index++) value = value * 64 + (bytes[at + index]! & 0x3f);
  return value;
}
