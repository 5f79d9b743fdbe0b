import { STEP_SAMPLES, type ServedConversation } from "../served-conversation.ts";
import {
  decodeAudio,
  encodeAudio,
  encodePacket,
  encodeText,
  PACKET_KINDS,
  PacketDecoder,
  type Packet,
} from "./packet-codec.ts";

/** Steps in silence after the end of the input, unless told otherwise: 2.56 s. */
export const DEFAULT_DRAIN_FRAMES = 32;

/** Stands for as many steps as the engine's sound lags behind its input. */
export const AUTO_DRAIN_FRAMES = -1;

/** Those of Moshi. */
const LAG_FRAMES = 1;

/** Both ends of the wire. */
export interface FramedPcmWire {
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves once the bytes are on their way, with whether anybody can still read them. */
  readonly write: (bytes: Uint8Array) => Promise<boolean>;
}

/** How the wire is read. */
export interface FramedPcmRuntimeOptions {
  /** Longest packet that is taken, its kind included. */
  readonly maxPayloadBytes: number;
  /** Steps in silence after the end of the input, or {@link AUTO_DRAIN_FRAMES}. */
  readonly eofDrainFrames: number;
}

/** What the process ends with. */
const EXIT_CODES = { fine: 0, notBegun: 1, malformed: 2 } as const;

/**
 * Speaks framed PCM in place of `moshi-stdio`: the handshake, a packet of sound for every STEP_SAMPLES samples that came in, followed by what
 * is said, and after the end of the input the rest of it and some steps in silence. Whatever has arrived is answered at once. Resolves with
 * the exit code: 0 at the end or when nobody reads any more, 1 when nobody read the handshake, 2 when a length was wrong.
 */
export async function runFramedPcm(
  engine: Pick<ServedConversation, "step">,
  wire: FramedPcmWire,
  { maxPayloadBytes, eofDrainFrames }: FramedPcmRuntimeOptions,
): Promise<number> {
  if (!(await wire.write(encodePacket(PACKET_KINDS.handshake)))) return EXIT_CODES.notBegun;
  const answering = new AnsweringSteps(engine, wire.write);
  const decoder = new PacketDecoder(maxPayloadBytes);
  for await (const bytes of wire.input) {
    const { packets, failure } = decoder.push(bytes);
    for (const packet of packets) await answering.take(packet);
    if (failure) await answering.complain(`protocol parse error: ${failure.detail}`);
    if (!answering.isHeard) return EXIT_CODES.fine;
    if (failure) return EXIT_CODES.malformed;
  }
  if (decoder.isInPacket) await answering.complain("stdin ended with incomplete frame payload.");
  await answering.finish(eofDrainFrames === AUTO_DRAIN_FRAMES ? LAG_FRAMES : eofDrainFrames);
  return EXIT_CODES.fine;
}

/** Cuts what comes in into steps, and writes what comes of them. */
class AnsweringSteps {
  readonly #engine: Pick<ServedConversation, "step">;
  readonly #write: FramedPcmWire["write"];
  readonly #input = new Float32Array(STEP_SAMPLES);
  #filled = 0;
  #isHeard = true;

  constructor(engine: Pick<ServedConversation, "step">, write: FramedPcmWire["write"]) {
    this.#engine = engine;
    this.#write = write;
  }

  /** Whether anybody reads what is written. Nothing is done any more once nobody does. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  async take({ kind, body }: Packet): Promise<void> {
    if (kind === PACKET_KINDS.ping) return;
    if (kind !== PACKET_KINDS.audio) return this.complain(`unknown message kind ${kind}`);
    const audio = decodeAudio(body);
    if (!audio.ok) return this.complain(`invalid audio payload: ${audio.failure.detail}`);
    await this.#hear(audio.value);
  }

  async complain(text: string): Promise<void> {
    await this.#send([encodeText(PACKET_KINDS.error, text)]);
  }

  /** The input has ended: fills the last step up with silence, and takes so many more in silence. */
  async finish(drainFrames: number): Promise<void> {
    const missing = this.#filled === 0 ? 0 : STEP_SAMPLES - this.#filled;
    await this.#hear(new Float32Array(missing));
    const silence = new Float32Array(STEP_SAMPLES);
    for (let frame = 0; frame < drainFrames && this.#isHeard; frame++) await this.#hear(silence);
  }

  async #hear(pcm: Float32Array): Promise<void> {
    for (let from = 0; from < pcm.length && this.#isHeard;) {
      const count = Math.min(pcm.length - from, STEP_SAMPLES - this.#filled);
      this.#input.set(pcm.subarray(from, from + count), this.#filled);
      from += count;
      this.#filled += count;
      if (this.#filled === STEP_SAMPLES) await this.#step();
    }
  }

  async #step(): Promise<void> {
    this.#filled = 0;
    const { output, text } = await this.#engine.step(this.#input);
    await this.#send([encodeAudio(output), ...text.map((piece) => encodeText(PACKET_KINDS.text, piece))]);
  }

  /** In one piece, so that nobody reads sound without its text. */
  async #send(packets: readonly Uint8Array[]): Promise<void> {
    if (this.#isHeard) this.#isHeard = await this.#write(Buffer.concat(packets));
  }
}
