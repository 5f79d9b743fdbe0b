import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createOggOpusStreamDecoder } from "../../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import { sttServer } from "../../../src-main/wire/moshi-stt/stt-server.ts";
import {
  decodeSttServerMessage,
  encodeSttClientMessage,
  type SttClientMessage,
  type SttServerMessage,
} from "../../../src-main/wire/moshi-stt/stt-messages.ts";
import { OggOpusEncoder } from "../../../src-main/wire/ogg-opus/ogg-opus-encoder.ts";
import { dial } from "../../serve/dial.ts";
import { FakeEngines, type FakeListening } from "../fake-engines.ts";
import { startTestServer, type TestServer } from "../start-test-server.ts";

let engines: FakeEngines;
let server: TestServer;

beforeEach(async () => {
  engines = new FakeEngines();
  server = await startTestServer(
    [
      sttServer({
        engines,
        createOggOpusDecoder: createOggOpusStreamDecoder,
        batchSize: 2,
        mostBufferedSamples: 24_000 * 1_200,
      }),
    ],
    { keys: ["public_token"] },
  );
});

class Client {
  readonly received: (SttServerMessage | { readonly type: "Unknown" })[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  constructor(query = "?auth_id=public_token", headers: Record<string, string> = {}) {
    this.#socket = new WebSocket(`${server.socketUrl}/api/asr-streaming${query}`, { headers });
    this.#socket.on("message", (data) => {
      const decoded = decodeSttServerMessage(data as Buffer);
      if (decoded.ok) this.received.push(decoded.value);
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on("error", () => undefined);
      this.#socket.on("close", resolve);
    });
  }

  send(...messages: readonly (SttClientMessage | Uint8Array | string)[]): void {
    for (const message of messages) {
      const isRaw = typeof message === "string" || message instanceof Uint8Array;
      this.#socket.send(isRaw ? message : encodeSttClientMessage(message));
    }
  }

  close(): void {
    this.#socket.close();
  }

  get types(): string {
    return this.received.map(({ type }) => type).join(" ");
  }
}

/** A client that got its `Ready`, and the stream that the engines hear of it. */
async function ready(): Promise<{ client: Client; listening: FakeListening }> {
  const client = new Client();
  await expect.poll(() => client.types).toBe("Ready");
  return { client, listening: engines.listenings.at(-1)! };
}

function audio(samples: number): SttClientMessage {
  return { type: "Audio", pcm: new Float32Array(samples).fill(0.5) };
}

function heard(heardMs: number, isSpeech = false, silenceMs = isSpeech ? 0 : heardMs) {
  return { kind: "heard", heardMs, isSpeech, silenceMs, endProbability: isSpeech ? 0 : 0.5 } as const;
}

test("a wrong key is a 401 with no body; a header counts alone", async () => {
  const url = `${server.socketUrl}/api/asr-streaming`;
  const refusal = { status: 401, body: "" };
  expect(await dial(url)).toMatchObject(refusal);
  expect(await dial(`${url}?auth_id=PUBLIC_TOKEN`)).toMatchObject(refusal);
  expect(await dial(`${url}?auth_id=public_token`, { "kyutai-api-key": "wrong" })).toMatchObject(refusal);
  expect((await dial(url, { "kyutai-api-key": "public_token" })).status).toBe(101);
  const plain = await fetch(`${server.url}/api/asr-streaming`);
  expect([400, 426]).toContain(plain.status);
});

test("each frame of 80 ms is a Step with four probabilities; a word comes with both its times", async () => {
  const { client, listening } = await ready();
  client.send(audio(5_000));
  await expect.poll(() => listening.written.length).toBe(1);
  for (const event of [heard(32), heard(64), heard(96), heard(128, true), heard(160, true)]) listening.tell(event);
  listening.tell({ kind: "word", word: { text: "Hello,", startMs: 100, endMs: 150 } });
  await expect.poll(() => client.types).toBe("Ready Step Step Word EndWord");
  const [, first, second, word, end] = client.received;
  expect(first).toMatchObject({ stepIndex: 0 });
  const probabilities = first?.type === "Step" ? [...first.pauseProbabilities] : [];
  expect(probabilities).toHaveLength(4);
  expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
  expect(second?.type === "Step" && [...second.pauseProbabilities]).toEqual([0, 0, 0, 0]);
  expect(word).toEqual({ type: "Word", text: "Hello,", startMs: 100 });
  expect(end).toEqual({ type: "EndWord", stopMs: 150 });
});

test("audio arrives in its order, whole, whether in one message or many, floats or Opus", async () => {
  const { client, listening } = await ready();
  client.send(audio(1), audio(0), audio(1_920), audio(48_000));
  await expect.poll(() => listening.written.reduce((sum, { length }) => sum + length, 0)).toBe(49_921);
  const encoder = await OggOpusEncoder.create({ rateHz: 24_000 });
  const opus = [encoder.header, encoder.push(new Float32Array(24_000).fill(0.1)), encoder.finish()];
  const bytes = Buffer.concat(opus);
  for (let at = 0; at < bytes.length; at += 777) client.send({ type: "OggOpus", data: bytes.subarray(at, at + 777) });
  await expect
    .poll(() => listening.written.reduce((sum, { length }) => sum + length, 0), { timeout: 10_000 })
    .toBeGreaterThan(49_921 + 23_900);
});

test("samples that are no numbers are silence", async () => {
  const { client, listening } = await ready();
  client.send({ type: "Audio", pcm: Float32Array.of(0.5, Number.NaN, Number.POSITIVE_INFINITY) });
  await expect.poll(() => listening.written.map((pcm) => [...pcm])).toEqual([[0.5, 0, 0]]);
});

test("who breaks the protocol is left without a word, and its slot is free", async () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(0x81, 0xa4), Buffer.from("hello")]) {
    const { client, listening } = await ready();
    client.send(bytes);
    expect(await client.closed).toBe(1006);
    expect(client.types).toBe("Ready");
    expect(listening.isClosed).toBe(true);
  }
});

test("texts are ignored; Init begins anew with another Ready", async () => {
  const { client, listening } = await ready();
  client.send("hello", { type: "Init" });
  await expect.poll(() => client.types).toBe("Ready Ready");
  expect(listening.isClosed).toBe(true);
  expect(engines.listenings).toHaveLength(2);
  listening.tell(heard(320));
  await delay(30);
  expect(client.types).toBe("Ready Ready");
});

test("the client beyond the batch is told within 50 ms that there are no free channels", async () => {
  const first = await ready();
  await ready();
  const startedAtMs = performance.now();
  const third = new Client();
  await expect.poll(() => third.received, { interval: 2 }).toEqual([{ type: "Error", message: "no free channels" }]);
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  await third.closed;
  first.client.close();
  await first.client.closed;
  await ready();
});

test("a marker in a pause comes at once, after the words before it; its number may have 64 bits", async () => {
  const { client, listening } = await ready();
  engines.onFlush = async () => {
    await delay(20);
    listening.tell({ kind: "word", word: { text: "end", startMs: 100, endMs: 200 } });
  };
  client.send(audio(7_680));
  await expect.poll(() => listening.written.length).toBe(1);
  for (let ms = 32; ms <= 320; ms += 32) listening.tell(heard(ms));
  client.send({ type: "Marker", id: -9_007_199_254_740_993n });
  await expect.poll(() => client.types).toMatch(/Word EndWord Marker$/);
  expect(client.received.at(-1)).toEqual({ type: "Marker", id: -9_007_199_254_740_993n });
});

test("a marker in the middle of speech waits for a later word, and does not cut the speech", async () => {
  const { client, listening } = await ready();
  client.send(audio(2_400), { type: "Marker", id: 1n }, { type: "Marker", id: 2n }, audio(24_000));
  await expect.poll(() => listening.written.length).toBe(2);
  for (let ms = 32; ms <= 640; ms += 32) listening.tell(heard(ms, true));
  listening.tell({ kind: "word", word: { text: "before", startMs: 10, endMs: 90 } });
  listening.tell({ kind: "word", word: { text: "behind", startMs: 150, endMs: 300 } });
  await expect.poll(() => client.types).toMatch(/Word EndWord Word EndWord Marker Marker$/);
  expect(listening.flushes).toBe(0);
});

test("a marker waits for the words before it, however far hearing is ahead of them", async () => {
  const { client, listening } = await ready();
  const recognized = Promise.withResolvers<void>();
  engines.onFlush = () => recognized.promise;
  client.send(audio(2_400), { type: "Marker", id: 1n }, audio(24_000));
  await expect.poll(() => listening.written.length).toBe(2);
  for (let ms = 32; ms <= 20_000; ms += 32) listening.tell(heard(ms));
  client.send({ type: "Marker", id: 2n });
  await expect.poll(() => client.types).toMatch(/Step$/);
  await delay(50);
  listening.tell({ kind: "word", word: { text: "late", startMs: 10, endMs: 90 } });
  recognized.resolve();
  await expect.poll(() => client.types).toMatch(/Step Word EndWord Marker Marker$/);
});

test("a marker behind which nothing comes is answered all the same, in the middle of speech as well", async () => {
  const { client, listening } = await ready();
  client.send(audio(2_400));
  await expect.poll(() => listening.written.length).toBe(1);
  for (let ms = 32; ms <= 96; ms += 32) listening.tell(heard(ms, true));
  client.send({ type: "Marker", id: 7n });
  await expect.poll(() => client.types).toMatch(/Marker$/);
  expect(listening.flushes).toBe(1);
});

test("ten minutes in a burst wait for their turn, none of it lost", async () => {
  const { client, listening } = await ready();
  const second = encodeSttClientMessage(audio(24_000));
  for (let sent = 0; sent < 600; sent++) client.send(second);
  client.send({ type: "Marker", id: 1n });
  await expect
    .poll(() => listening.written.reduce((sum, { length }) => sum + length, 0), { timeout: 10_000 })
    .toBe(600 * 24_000);
  await expect.poll(() => client.types).toBe("Ready Marker");
});

test("a recording by POST is answered with its words; slots and modules are told", async () => {
  const segment = { startMs: 0, endMs: 900, text: "Hello there.", meanLogProbability: -0.1 };
  const words = [
    { text: "Hello", startMs: 100, endMs: 400 },
    { text: "there.", startMs: 450, endMs: 900 },
  ];
  engines.transcript = { text: "Hello there.", durationMs: 1_000, segments: [{ ...segment, words }] };
  const post = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/asr-streaming${query}`, { method: "POST", headers, body: new Uint8Array(10) });
  expect((await post("?auth_id=public_token")).status).toBe(401);
  const answer = await post("", { "kyutai-api-key": "public_token" });
  expect(await answer.json()).toEqual([
    { type: "Word", text: "Hello", start_time: 0.1 },
    { type: "EndWord", stop_time: 0.4 },
    { type: "Word", text: "there.", start_time: 0.45 },
    { type: "EndWord", stop_time: 0.9 },
  ]);
  await ready();
  const modules = await (await fetch(`${server.url}/api/modules_info`)).json();
  expect(modules).toEqual([
    {
      type: "batched_asr",
      path: "/api/asr-streaming",
      used_slots: "1",
      total_slots: "2",
      lm: "moonshine-tiny",
      audio_tokenizer: "none",
    },
  ]);
});
