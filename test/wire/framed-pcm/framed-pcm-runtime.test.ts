import { expect, test } from "vitest";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import { AUTO_DRAIN_FRAMES, runFramedPcm } from "../../../src-main/wire/framed-pcm/framed-pcm-runtime.ts";
import {
  DEFAULT_MOST_PAYLOAD_BYTES,
  encodeAudio,
  encodePacket,
  encodeText,
  PACKET_KINDS,
  PacketDecoder,
  decodeText,
  type Packet,
} from "../../../src-main/wire/framed-pcm/packet-codec.ts";
import { STEP_SAMPLES, type ServedConversation } from "../../../src-main/wire/served-conversation.ts";

/** Says what it hears, and in every third step a word. */
class Echo implements Pick<ServedConversation, "step"> {
  readonly heard: number[] = [];
  steps = 0;

  async step(input: Float32Array) {
    this.heard.push(...input);
    return { output: input.slice(), text: ++this.steps % 3 === 0 ? [` word${this.steps}`] : [] };
  }
}

/** What a whole session writes, and how it ends. `closeAfter`: writes until nobody reads any more. */
async function talk(
  pieces: readonly Uint8Array[],
  options: { drain?: number; limit?: number; closeAfter?: number; engine?: Pick<ServedConversation, "step"> } = {},
) {
  const { drain = 0, limit = DEFAULT_MOST_PAYLOAD_BYTES, closeAfter = Infinity, engine = new Echo() } = options;
  const written: Uint8Array[] = [];
  async function* input() {
    yield* pieces;
  }
  const write = async (bytes: Uint8Array) => {
    if (written.length >= closeAfter) return false;
    written.push(bytes.slice());
    return true;
  };
  const exitCode = await runFramedPcm(
    engine,
    { input: input(), write },
    { maxPayloadBytes: limit, eofDrainFrames: drain },
  );
  const bytes = Buffer.concat(written);
  return { exitCode, bytes, packets: new PacketDecoder().push(bytes).packets, written };
}

function ramp(samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, index) => ((index % 2_000) - 1_000) / 32_768);
}

function describe({ kind, body }: Packet): string {
  if (kind === PACKET_KINDS.audio) return `audio ${body.length}`;
  return kind === PACKET_KINDS.handshake ? "handshake" : `${kind} ${decodeText(body)}`;
}

function cut(bytes: Uint8Array, seed: number, most: number): Uint8Array[] {
  const random = seededRandom(seed);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const count = 1 + Math.floor(random() * most);
    pieces.push(bytes.subarray(at, at + count));
    at += count;
  }
  return pieces;
}

test("the handshake comes first, then a packet of 3845 bytes for each 1920 samples, and words after their sound", async () => {
  const { bytes, packets, exitCode } = await talk([encodeAudio(ramp(3 * STEP_SAMPLES))]);
  expect(bytes.subarray(0, 10).toString("hex")).toBe("0100000000010f000001");
  expect(packets.map(describe)).toEqual(["handshake", "audio 3840", "audio 3840", "audio 3840", "2  word3"]);
  expect(exitCode).toBe(0);
});

test("nothing is said without input, and sound of any even length counts", async () => {
  expect((await talk([])).packets.map(describe)).toEqual(["handshake"]);
  const engine = new Echo();
  const pieces = [0, 1, 479, 1_440, 1_919, 3_841].map((samples) => encodeAudio(ramp(samples)));
  const { packets } = await talk(pieces, { engine });
  expect(packets.filter(({ kind }) => kind === PACKET_KINDS.audio)).toHaveLength(4);
  expect(engine.heard).toEqual([...ramp(1), ...ramp(479), ...ramp(1_440), ...ramp(1_919), ...ramp(3_841)]);
});

test("however the input is cut, the same comes out", async () => {
  const session = Buffer.concat([encodeAudio(ramp(5_000)), encodePacket(PACKET_KINDS.ping), encodeAudio(ramp(2_700))]);
  const whole = await talk([session], { drain: 2 });
  for (const [seed, most] of [1, 2, 3, 4_096, 9_000].entries())
    expect((await talk(cut(session, seed + 1, most), { drain: 2 })).bytes).toEqual(whole.bytes);
});

test.each([
  [32, 32],
  [AUTO_DRAIN_FRAMES, 1],
  [0, 0],
])("at the end the last step is filled up and %i steps of silence follow", async (drain, expected) => {
  const engine = new Echo();
  const { packets, exitCode } = await talk([encodeAudio(ramp(2 * STEP_SAMPLES + 1))], { drain, engine });
  expect(packets.filter(({ kind }) => kind === PACKET_KINDS.audio)).toHaveLength(3 + expected);
  expect(engine.heard.slice(2 * STEP_SAMPLES + 1).every((sample) => sample === 0)).toBe(true);
  expect(exitCode).toBe(0);
});

test("a packet that is cut off by the end is an error, and what came before it is answered", async () => {
  for (const bytes of [encodeAudio(ramp(STEP_SAMPLES)).subarray(0, -1), Uint8Array.of(1), Uint8Array.of(2, 0, 0, 0)]) {
    const { packets, exitCode } = await talk([encodeAudio(ramp(10)), bytes], { drain: 1 });
    const error = "5 stdin ended with incomplete frame payload.";
    expect(packets.map(describe)).toEqual(["handshake", error, "audio 3840", "audio 3840"]);
    expect(exitCode).toBe(0);
  }
});

test("a length of 0 or above the limit ends it with exit code 2, after what came before it", async () => {
  const wrong = [Uint8Array.of(0, 0, 0, 0), Uint8Array.of(1, 0, 128, 0), Uint8Array.of(255, 255, 255, 255)];
  for (const bytes of wrong) {
    const pieces = [encodeAudio(ramp(STEP_SAMPLES)), bytes, encodeAudio(ramp(STEP_SAMPLES))];
    for (const input of [pieces, [Buffer.concat(pieces)]]) {
      const { packets, exitCode } = await talk(input, { drain: 5 });
      expect(packets.map(describe)).toEqual([
        "handshake",
        "audio 3840",
        expect.stringMatching(/^5 protocol parse error: \S/),
      ]);
      expect(exitCode).toBe(2);
    }
  }
  expect((await talk([encodePacket(PACKET_KINDS.ping, new Uint8Array(99))], { limit: 100 })).exitCode).toBe(0);
  expect((await talk([encodePacket(PACKET_KINDS.ping, new Uint8Array(100))], { limit: 100 })).exitCode).toBe(2);
});

test("half a sample and kinds that nobody knows are errors, and it goes on", async () => {
  const { packets, exitCode } = await talk([
    encodePacket(PACKET_KINDS.audio, new Uint8Array(3_841)),
    encodePacket(PACKET_KINDS.handshake),
    encodeText(PACKET_KINDS.text, "hello"),
    encodePacket(3),
    encodeText(PACKET_KINDS.error, "no"),
    encodePacket(255),
    encodePacket(PACKET_KINDS.ping, new Uint8Array(8)),
    encodeAudio(ramp(STEP_SAMPLES)),
  ]);
  expect(packets.map(describe)).toEqual([
    "handshake",
    expect.stringMatching(/^5 invalid audio payload: \S/),
    ...[0, 2, 3, 5, 255].map((kind) => `5 unknown message kind ${kind}`),
    "audio 3840",
  ]);
  expect(exitCode).toBe(0);
});

test("when nobody reads any more it ends quietly; when nobody read the handshake, with exit code 1", async () => {
  const engine = new Echo();
  const input = [encodeAudio(ramp(100 * STEP_SAMPLES)), encodeAudio(ramp(STEP_SAMPLES))];
  expect(await talk(input, { closeAfter: 3, drain: 9, engine })).toMatchObject({ exitCode: 0 });
  expect(engine.steps).toBe(3);
  expect((await talk(input, { closeAfter: 0 })).exitCode).toBe(1);
});
