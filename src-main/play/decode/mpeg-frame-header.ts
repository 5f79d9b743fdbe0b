/** The header of one MPEG audio frame (ISO 11172-3 and 13818-3, layers II and III). */
export interface MpegFrameHeader {
  /** The whole frame, header included. */
  readonly frameBytes: number;
  readonly sampleRateHz: number;
  /** Bytes of side information behind the header; 0 for layer II. */
  readonly sideInfoBytes: number;
  /** Equal for frames that can follow each other in one stream: version, layer and rate. */
  readonly kind: number;
}

/** Bytes that {@link readMpegFrameHeader} needs. */
export const MPEG_HEADER_BYTES = 4;

const LAYER_2 = 2;
const VERSION_1 = 3;
const RATES_HZ = [44_100, 48_000, 32_000];
/** Kilobits per second by the four bits of the header, first and last left out. */
const BIT_RATES = {
  firstLayer2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  firstLayer3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  second: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

/** Reads the frame header at `at`. Nothing where there is none, or one of layer I or of free format. */
export function readMpegFrameHeader(bytes: Uint8Array, at: number): MpegFrameHeader | undefined {
  const [second = 0, third = 0, fourth = 0] = [bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  const rateIndex = (third >> 2) & 3;
  const hasSync = bytes[at] === 0xff && (second & 0xe0) === 0xe0;
  if (!hasSync || version === 1 || layer === 0 || layer === 3 || rateIndex === 3 || (fourth & 3) === 2)
    return undefined;
  const isFirst = version === VERSION_1;
  const firstRates = layer === LAYER_2 ? BIT_RATES.firstLayer2 : BIT_RATES.firstLayer3;
  const bitRate = (isFirst ? firstRates : BIT_RATES.second)[(third >> 4) - 1];
  if (!bitRate) return undefined;
  const sampleRateHz = RATES_HZ[rateIndex]! / (isFirst ? 1 : version === 2 ? 2 : 4);
  const samplesPerBit = isFirst || layer === LAYER_2 ? 144 : 72;
  const isMono = fourth >> 6 === 3;
  const sideInfoBytes = isFirst ? (isMono ? 17 : 32) : isMono ? 9 : 17;
  return {
    frameBytes: Math.floor((samplesPerBit * bitRate * 1000) / sampleRateHz) + ((third >> 1) & 1),
    sampleRateHz,
    sideInfoBytes: layer === LAYER_2 ? 0 : sideInfoBytes,
    kind: (version << 4) | (layer << 2) | rateIndex,
  };
}

/** Frames of audio that the first frame of a file declares for the rest (Xing or Info tag); 0 where it is not such a frame or does not say. */
export function declaredMpegFrames(frame: Uint8Array, header: MpegFrameHeader): number | undefined {
  const at = MPEG_HEADER_BYTES + header.sideInfoBytes;
  const tag = String.fromCharCode(...frame.subarray(at, at + 4));
  if ((tag !== "Xing" && tag !== "Info") || frame.length < at + 12) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset);
  return view.getUint32(at + 4) & 1 ? view.getUint32(at + 8) : 0;
}
