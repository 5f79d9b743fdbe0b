import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { failure } from "../../../src-shared/failure.ts";
import { createOggOpusStreamDecoder } from "../../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import {
  decodeTtsServerMessage,
  encodeTtsClientMessage,
  type TtsServerMessage,
} from "../../../src-main/wire/moshi-tts/tts-messages.ts";
import { ttsServer } from "../../../src-main/wire/moshi-tts/tts-server.ts";
import { FakeEngines } from "../fake-engines.ts";
import { startTestServer, type TestServer } from "../start-test-server.ts";

let engines: FakeEngines;
let server: TestServer;

beforeEach(async () => {
  engines = new FakeEngines();
  server = await startTestServer([ttsServer({ engines, batchSize: 1 })]);
});

class Client {
  readonly raw: Buffer[] = [];
  readonly closed: Promise<number>;
  readonly socket: WebSocket;

  constructor(query: string) {
    this.socket = new WebSocket(`${server.socketUrl}/api/tts_streaming${query}`);
    this.socket.on("message", (data) => void this.raw.push(data as Buffer));
    this.closed = new Promise((resolve) => {
      this.socket.on("error", () => undefined);
      this.socket.on("close", resolve);
    });
  }

  async say(...parts: readonly (string | Uint8Array)[]): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) {
      await new Promise((resolve) => void this.socket.once("open", resolve));
    }
    for (const part of parts) this.socket.send(part);
    return this;
  }

  get messages(): readonly TtsServerMessage[] {
    return this.raw.map((bytes) => {
      const decoded = decodeTtsServerMessage(bytes);
      if (!decoded.ok || decoded.value.type === "Unknown") throw new Error("no message");
      return decoded.value;
    });
  }
}

const EOS = encodeTtsClientMessage({ type: "Eos" });

/** Resolves once the one slot is free. */
async function untilFree(): Promise<void> {
  await expect
    .poll(async () => {
      const next = await new Client("?format=PcmMessagePack").say(EOS);
      await next.closed;
      return next.messages[0]?.type;
    })
    .toBe("Ready");
}

test("texts of any kind are spoken word by word, announced before their frames, and the server closes at the end", async () => {
  const client = await new Client("?format=PcmMessagePack&voice=kal&cfg_alpha=1.5").say("Good (morning)");
  await client.say(encodeTtsClientMessage({ type: "Text", text: "to: all" }), EOS);
  expect([1000, 1005]).toContain(await client.closed);
  const { messages } = client;
  expect(messages[0]).toEqual({ type: "Ready" });
  const words = messages.flatMap((message) => (message.type === "Text" ? [message] : []));
  expect(words.map(({ text, startMs, stopMs }) => [text, startMs, stopMs])).toEqual([
    ["Good", 0, 100],
    ["morning", 100, 200],
    ["to", 200, 300],
    ["all", 300, 400],
  ]);
  const frames = messages.flatMap((message) => (message.type === "Audio" ? [message.pcm] : []));
  expect(frames.every(({ length }) => length === 1_920)).toBe(true);
  expect(frames).toHaveLength(5);
  expect(frames[0]![0]).toBeCloseTo(0.01, 5);
  expect(frames[4]!.slice(1_918)[0]).toBeCloseTo(0.04, 5);
  const order = messages.map(({ type }) => type);
  expect(order.indexOf("Text")).toBeLessThan(order.indexOf("Audio"));
  expect(engines.styles[0]?.voice).toBe("kal");
});

test("speech comes while text still does", async () => {
  const client = await new Client("?format=Pcm").say("one two three");
  await expect.poll(() => client.raw.length).toBe(3);
  await client.say("four", Uint8Array.of(0));
  await client.closed;
  expect(client.raw.map(({ length }) => length)).toEqual([7_680, 7_680, 7_680, 7_680, 7_680]);
  expect(client.raw[0]!.readFloatLE(0)).toBeCloseTo(0.01, 5);
});

test("a break is silence of its length, and told as a word", async () => {
  const client = await new Client("?format=PcmMessagePack").say('one <break time="0.5s"/> two', EOS);
  await client.closed;
  const words = client.messages.flatMap((message) => (message.type === "Text" ? [message] : []));
  expect(words.map(({ text, startMs, stopMs }) => [text, startMs, stopMs])).toEqual([
    ["one", 0, 100],
    ['<break time="0.50s">', 100, 580],
    ["two", 580, 680],
  ]);
  const pcm = client.messages.flatMap((message) => (message.type === "Audio" ? [...message.pcm] : []));
  expect(pcm.slice(2_500, 13_000).every((sample) => sample === 0)).toBe(true);
  expect(pcm[13_950]).toBeCloseTo(0.01, 5);
});

test("Opus in Ogg is the default: the header first, then as much audio as there is", async () => {
  engines.samplesOfWord = 24_000;
  for (const query of ["", "?format=OggOpusMessagePack"]) {
    const client = await new Client(query).say("one two", EOS);
    await client.closed;
    const bytes =
      query === ""
        ? client.raw
        : client.messages.flatMap((message) => (message.type === "OggOpus" ? [Buffer.from(message.data)] : []));
    expect(bytes[0]!.subarray(0, 4).toString()).toBe("OggS");
    expect(bytes[0]!.includes("OpusHead")).toBe(true);
    const decoder = await createOggOpusStreamDecoder();
    const pieces = [...(await decoder.push(Buffer.concat(bytes))), ...(await decoder.finish())];
    expect(pieces.reduce((sum, { pcm }) => sum + pcm.length, 0)).toBe(2 * 48_000);
    expect(decoder.decodeErrors).toBe(0);
  }
});

test("no text at all is a close without audio; a format that is none is a 400", async () => {
  const client = await new Client("?format=Pcm").say(EOS);
  await client.closed;
  expect(client.raw).toEqual([]);
  const refused = await new Promise((resolve) => {
    const socket = new WebSocket(`${server.socketUrl}/api/tts_streaming?format=Mp3`);
    socket.on("error", () => undefined);
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode));
  });
  expect(refused).toBe(400);
});

test("who comes while all are busy is told in messages, and dropped in raw formats", async () => {
  const first = await new Client("?format=PcmMessagePack").say("one");
  const second = new Client("?format=PcmMessagePack");
  await second.closed;
  expect(second.messages).toEqual([{ type: "Error", message: "no free channels" }]);
  const third = new Client("?format=Pcm");
  expect(await third.closed).toBe(1006);
  expect(third.raw).toEqual([]);
  first.socket.close();
  await first.closed;
  await untilFree();
});

test("what is no message ends the session; so does the client, at once", async () => {
  const garbage = await new Client("?format=Pcm").say(Uint8Array.of(1, 2, 3));
  expect(await garbage.closed).toBe(1006);
  engines.beforeWord = () => delay(10);
  const gone = await new Client("?format=Pcm").say("word ".repeat(1_000), EOS);
  await expect.poll(() => gone.raw.length).toBeGreaterThan(2);
  gone.socket.terminate();
  await gone.closed;
  await untilFree();
});

test("a synthesis that fails is told where there are messages", async () => {
  engines.failure = { afterWords: 1, failure: failure("speak-failed", "speak", "broke off") };
  const client = await new Client("?format=PcmMessagePack").say("one two", EOS);
  await client.closed;
  expect(client.messages.at(-1)).toEqual({ type: "Error", message: "broke off" });
});

test("a text by POST is answered with a WAV that grows", async () => {
  const post = (body: string) => fetch(`${server.url}/api/tts_streaming`, { method: "POST", body });
  const answer = await post(JSON.stringify({ text: "one two", voice: "slt" }));
  expect(answer.headers.get("content-type")).toBe("audio/wav");
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 4).toString()).toBe("RIFF");
  expect(bytes.readUInt32LE(4)).toBe(0xffffffff);
  expect(bytes.length).toBe(44 + 2 * 4_800);
  expect((await post("{}")).status).toBe(400);
  expect((await post("hello")).status).toBe(400);
});
