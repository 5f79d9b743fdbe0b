import { failure, succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { protocolError } from "../protocol-error.ts";

/** The kinds of packets; any other is a packet too, of a kind that means nothing. */
export const PACKET_KINDS = { handshake: 0, audio: 1, text: 2, error: 5, ping: 6 } as const;

/** Longest packet that is sent or taken unless told otherwise, its kind included. */
export const DEFAULT_MOST_PAYLOAD_BYTES = 8 * 1024 * 1024;

/** Of the audio in a packet. */
export const BYTES_PER_SAMPLE = 2;

/** One packet. The body may be a view into bytes that were pushed. */
export interface Packet {
  /** 0 to 255. */
  readonly kind: number;
  readonly body: Uint8Array;
}

/** What came out of some bytes: the packets before the failure, and the failure, after which there is nothing more. */
export interface PushedPackets {
  readonly packets: readonly Packet[];
  readonly failure: Failure | undefined;
}

const LENGTH_BYTES = 4;
const FULL_SCALE = 32_767;
/** Added and taken away again, it leaves the nearest whole number, and the even one of two that are equally near. */
const ROUNDING = 1.5 * 2 ** 52;
const TEXT_ENCODER = new TextEncoder();
const TEXT_DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Takes packets out of a stream of bytes that is cut anywhere. A length of 0 or above the limit is a protocol-error; every later push gives it
 * again. Holds no more than what has arrived of one packet, in at most twice as much memory.
 */
export class PacketDecoder {
  readonly #mostPayloadBytes: number;
  #held = new Uint8Array(0);
  #heldBytes = 0;
  #failure: Failure | undefined;

  constructor(mostPayloadBytes = DEFAULT_MOST_PAYLOAD_BYTES) {
    this.#mostPayloadBytes = mostPayloadBytes;
  }

  /** Whether a stream that ends now ends inside a packet. */
  get isInPacket(): boolean {
    return this.#heldBytes > 0;
  }

  /** Takes the next bytes of the stream, which are not to be changed as long as the packets are in use. */
  push(bytes: Uint8Array): PushedPackets {
    const packets: Packet[] = [];
    let rest = bytes;
    while (!this.#failure) {
      const isHolding = this.#heldBytes > 0;
      if (isHolding) rest = this.#hold(rest, LENGTH_BYTES - this.#heldBytes);
      const length = this.#readLength(isHolding ? this.#held.subarray(0, this.#heldBytes) : rest);
      if (length === undefined) break;
      if (isHolding) rest = this.#hold(rest, length - this.#heldBytes);
      const source = isHolding ? this.#held.subarray(0, this.#heldBytes) : rest;
      if (source.length < length) break;
      packets.push({ kind: source[LENGTH_BYTES]!, body: source.subarray(LENGTH_BYTES + 1, length) });
      if (isHolding) this.#release();
      else rest = rest.subarray(length);
    }
    if (this.#failure) this.#release();
    else this.#hold(rest, rest.length);
    return { packets, failure: this.#failure };
  }

  /** Bytes of the packet that begins there, its length field included. Undefined where that is cut off, or not allowed. */
  #readLength(bytes: Uint8Array): number | undefined {
    if (bytes.length < LENGTH_BYTES) return undefined;
    const payloadBytes = viewOf(bytes).getUint32(0, true);
    if (payloadBytes > 0 && payloadBytes <= this.#mostPayloadBytes) return LENGTH_BYTES + payloadBytes;
    const detail = `a packet of ${payloadBytes} bytes; allowed are 1 to ${this.#mostPayloadBytes}`;
    this.#failure = failure("protocol-error", "wire", detail);
    return undefined;
  }

  /** Keeps the first bytes, `most` at most, for later, and gives back the others. */
  #hold(bytes: Uint8Array, most: number): Uint8Array {
    const count = Math.min(bytes.length, Math.max(0, most));
    const neededBytes = this.#heldBytes + count;
    if (neededBytes > this.#held.length) {
      const larger = new Uint8Array(Math.max(neededBytes, 2 * this.#heldBytes));
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(bytes.subarray(0, count), this.#heldBytes);
    this.#heldBytes = neededBytes;
    return bytes.subarray(count);
  }

  /** Leaves what was held to the packet in it. */
  #release(): void {
    this.#held = new Uint8Array(0);
    this.#heldBytes = 0;
  }
}

/** A packet as it is sent. */
export function encodePacket(kind: number, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const packet = emptyPacket(kind, body.length);
  packet.set(body, LENGTH_BYTES + 1);
  return packet;
}

/** A packet with a text: of kind `text` or `error`. */
export function encodeText(kind: number, text: string): Uint8Array {
  return encodePacket(kind, TEXT_ENCODER.encode(text));
}

/** The text of a packet; what is no UTF-8 becomes U+FFFD. */
export function decodeText(body: Uint8Array): string {
  return TEXT_DECODER.decode(body);
}

/** A packet of audio: samples of 16 bits, clipped at full scale and rounded to the nearest, half to even; what is no number is silence. */
export function encodeAudio(pcm: Float32Array): Uint8Array {
  const packet = emptyPacket(PACKET_KINDS.audio, BYTES_PER_SAMPLE * pcm.length);
  const view = viewOf(packet);
  for (let index = 0, at = LENGTH_BYTES + 1; index < pcm.length; index++, at += BYTES_PER_SAMPLE) {
    const sample = FULL_SCALE * Math.max(-1, Math.min(1, pcm[index]!));
    view.setInt16(at, sample + ROUNDING - ROUNDING, true);
  }
  return packet;
}

/** The samples of a packet of audio, from -1 to below 1. A protocol-error where half a sample is left over: the packet is lost, not the stream. */
export function decodeAudio(body: Uint8Array): Outcome<Float32Array> {
  if (body.length % BYTES_PER_SAMPLE !== 0) return protocolError(`${body.length} bytes are no whole samples`);
  const view = viewOf(body);
  const pcm = new Float32Array(body.length / BYTES_PER_SAMPLE);
  for (let index = 0; index < pcm.length; index++) {
    pcm[index] = view.getInt16(BYTES_PER_SAMPLE * index, true) / (FULL_SCALE + 1);
  }
  return succeeded(pcm);
}

function emptyPacket(kind: number, bodyBytes: number): Uint8Array {
  const packet = new Uint8Array(LENGTH_BYTES + 1 + bodyBytes);
  viewOf(packet).setUint32(0, 1 + bodyBytes, true);
  packet[LENGTH_BYTES] = kind;
  return packet;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
