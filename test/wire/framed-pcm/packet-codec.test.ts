import { expect, test } from "vitest";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import {
  decodeAudio,
  decodeText,
  DEFAULT_MOST_PAYLOAD_BYTES,
  encodeAudio,
  encodePacket,
  encodeText,
  PACKET_KINDS,
  PacketDecoder,
  type Packet,
} from "../../../src-main/wire/framed-pcm/packet-codec.ts";
import { fuzzCodec } from "../fuzz-codec.ts";
import { fromHex, toHex } from "../hex.ts";

const AUDIO = encodeAudio(Float32Array.of(0, 0.25, -0.25, 1));
const STREAM = Buffer.concat([
  encodePacket(PACKET_KINDS.handshake),
  AUDIO,
  encodeText(PACKET_KINDS.text, " hé"),
  encodePacket(PACKET_KINDS.ping),
  encodePacket(200, new Uint8Array(300).fill(9)),
  encodeText(PACKET_KINDS.error, "no"),
]);

const written = (packets: readonly Packet[]) => packets.map(({ kind, body }) => `${kind}:${toHex(body)}`);

test("packets have the bytes of the specification", () => {
  expect(toHex(encodePacket(PACKET_KINDS.handshake))).toBe(toHex(fromHex("01 00 00 00 00")));
  expect(toHex(encodePacket(PACKET_KINDS.ping))).toBe(toHex(fromHex("01 00 00 00 06")));
  expect(toHex(encodeText(PACKET_KINDS.text, " hi"))).toBe(toHex(fromHex("04 00 00 00 02 20 68 69")));
  expect(toHex(encodeText(PACKET_KINDS.error, "é"))).toBe(toHex(fromHex("03 00 00 00 05 c3 a9")));
  expect(toHex(encodeAudio(Float32Array.of(0, 1, -1)))).toBe(toHex(fromHex("07 00 00 00 01 0000 ff7f 0180")));
  const frame = encodeAudio(new Float32Array(1_920));
  expect(frame.length).toBe(3_845);
  expect(toHex(frame.subarray(0, 5))).toBe(toHex(fromHex("01 0f 00 00 01")));
});

test("samples are divided by 32768 on the way in", () => {
  expect(decodeAudio(fromHex("0000 0100 ffff ff7f 0080 0040"))).toEqual({
    ok: true,
    value: Float32Array.of(0, 1 / 32_768, -1 / 32_768, 32_767 / 32_768, -1, 0.5),
  });
  expect(decodeAudio(new Uint8Array())).toEqual({ ok: true, value: new Float32Array() });
  const odd = decodeAudio(fromHex("000000"));
  expect(!odd.ok && odd.failure.code).toBe("protocol-error");
});

test("samples are clipped and rounded half to even on the way out", () => {
  const sample = (value: number) => new DataView(encodeAudio(Float32Array.of(value)).buffer).getInt16(5, true);
  // Half of full scale is 16383.5, the only tie there is.
  expect([0.5, -0.5].map(sample)).toEqual([16_384, -16_384]);
  expect([1, 1.5, Infinity, -1, -1.5, -Infinity].map(sample)).toEqual([
    32_767, 32_767, 32_767, -32_767, -32_767, -32_767,
  ]);
  expect([Number.NaN, 0, -0, 1e-9, -1e-9].map(sample)).toEqual([0, 0, 0, 0, 0]);
  const random = seededRandom(1);
  for (let count = 0; count < 20_000; count++) {
    const value = Math.fround(2.2 * random() - 1.1);
    const exact = 32_767 * Math.max(-1, Math.min(1, value));
    expect(Math.abs(sample(value) - exact)).toBeLessThan(0.5 + (Math.abs(value) === 0.5 ? 1e-9 : 0));
  }
});

test("every sample of 16 bits but the lowest comes back as the nearest one", () => {
  const all = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
  const pcm = decodeAudio(new Uint8Array(all.buffer));
  if (!pcm.ok) throw new Error(pcm.failure.detail);
  const back = new DataView(encodeAudio(pcm.value).buffer, 5);
  for (const [index, value] of all.entries()) {
    expect(Math.abs(back.getInt16(2 * index, true) - value)).toBeLessThanOrEqual(1);
  }
});

test("every way to cut the stream gives the same packets", () => {
  const whole = written(new PacketDecoder().push(STREAM).packets);
  expect(whole).toHaveLength(6);
  expect(whole[0]).toBe("0:");
  for (let cut = 0; cut <= STREAM.length; cut++) {
    const decoder = new PacketDecoder();
    const first = decoder.push(STREAM.subarray(0, cut));
    const isInPacket = decoder.isInPacket;
    const second = decoder.push(STREAM.subarray(cut));
    expect(written([...first.packets, ...second.packets])).toEqual(whole);
    expect(isInPacket).toBe(second.packets.length > 0 && !isPacketStart(cut));
    expect([first.failure, second.failure, decoder.isInPacket]).toEqual([undefined, undefined, false]);
  }
  const random = seededRandom(2);
  for (let round = 0; round < 300; round++) {
    const decoder = new PacketDecoder();
    const packets: Packet[] = [];
    const most = 1 + Math.floor(random() * 20);
    for (let at = 0, end = 0; at < STREAM.length; at = end) {
      end = Math.min(STREAM.length, at + Math.floor(random() * (most + 1)));
      packets.push(...decoder.push(STREAM.subarray(at, end)).packets);
    }
    expect(written(packets)).toEqual(whole);
  }
});

test.each([
  ["a length of 0", "00000000", 100],
  ["a length above the limit", "65000000", 100],
  ["the longest length", "ffffffff", DEFAULT_MOST_PAYLOAD_BYTES],
  ["the first length above the usual limit", "01008000", DEFAULT_MOST_PAYLOAD_BYTES],
])("%s ends the stream, behind the packets before it, wherever it is cut", (_, bad, most) => {
  const stream = Buffer.concat([AUDIO, encodePacket(PACKET_KINDS.ping), fromHex(bad), AUDIO]);
  for (let cut = 0; cut <= stream.length; cut++) {
    const decoder = new PacketDecoder(most);
    const first = decoder.push(stream.subarray(0, cut));
    const second = decoder.push(stream.subarray(cut));
    expect(written([...first.packets, ...second.packets])).toEqual([`1:${toHex(AUDIO.subarray(5))}`, "6:"]);
    expect(second.failure).toMatchObject({ code: "protocol-error", stage: "wire" });
    if (first.failure) expect(second.packets).toEqual([]);
    expect(decoder.push(AUDIO)).toEqual({ packets: [], failure: second.failure });
    expect(decoder.isInPacket).toBe(false);
  }
});

test("the longest packet allowed is taken", () => {
  const decoder = new PacketDecoder(100);
  expect(decoder.push(encodePacket(1, new Uint8Array(99))).packets).toHaveLength(1);
  const large = encodePacket(1, new Uint8Array(DEFAULT_MOST_PAYLOAD_BYTES - 1).fill(3));
  const usual = new PacketDecoder();
  const packets: Packet[] = [];
  for (let at = 0; at < large.length; at += 50_000)
    packets.push(...usual.push(large.subarray(at, at + 50_000)).packets);
  expect(packets).toHaveLength(1);
  expect(Buffer.compare(packets[0]!.body, large.subarray(5))).toBe(0);
});

test("a length alone takes no memory", () => {
  const before = process.memoryUsage().arrayBuffers;
  const decoders = Array.from({ length: 1_000 }, () => {
    const decoder = new PacketDecoder();
    decoder.push(fromHex("00008000 01"));
    return decoder;
  });
  expect(decoders.every(({ isInPacket }) => isInPacket)).toBe(true);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
});

test("packets stay as they are when more comes", () => {
  const decoder = new PacketDecoder();
  decoder.push(AUDIO.subarray(0, 7));
  const { packets } = decoder.push(AUDIO.subarray(7));
  decoder.push(encodePacket(9, new Uint8Array(50).fill(1)).subarray(0, 40));
  expect(written(packets)).toEqual([`1:${toHex(AUDIO.subarray(5))}`]);
});

test("a text that is no UTF-8 is still a text", () => {
  expect(decodeText(fromHex("20 c3a9 ff 41"))).toBe(" é�A");
});

test("1,000,000 fuzzed reads give packets or end the stream", () => {
  const whole = Uint8Array.from(STREAM);
  let packetCount = 0;
  let decoder = new PacketDecoder(400);
  const result = fuzzCodec([whole, whole.subarray(0, 30), AUDIO, encodePacket(6)], (bytes) => {
    const { packets, failure } = decoder.push(bytes);
    packetCount += packets.length;
    for (const { kind, body } of packets) {
      if (body.length > 399) throw new Error("longer than allowed");
      if (kind === PACKET_KINDS.audio) decodeAudio(body);
    }
    if (!failure) return true;
    if (failure.code !== "protocol-error" || decoder.push(bytes).packets.length > 0) throw new Error("goes on");
    decoder = new PacketDecoder(400);
    return false;
  });
  expect(packetCount).toBeGreaterThan(500_000);
  expect(result.accepted).toBeGreaterThan(100_000);
  expect(result.rejected).toBeGreaterThan(100_000);
  expect(result.heapGrowthBytes).toBeLessThan(5_000_000);
}, 60_000);

function isPacketStart(at: number): boolean {
  for (let start = 0; start <= at; start += 4 + STREAM.readUInt32LE(start)) {
    if (start === at) return true;
    if (start + 4 > STREAM.length) return false;
  }
  return false;
}
