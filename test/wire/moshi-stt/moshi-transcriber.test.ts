import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { succeeded } from "../../../src-shared/failure.ts";
import { createOggOpusStreamDecoder } from "../../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import { createMoshiEndOfTurn } from "../../../src-main/wire/moshi-stt/moshi-end-of-turn.ts";
import { createMoshiTranscriber } from "../../../src-main/wire/moshi-stt/moshi-transcriber.ts";
import { SemanticVad } from "../../../src-main/wire/moshi-stt/semantic-vad.ts";
import { decodeSttClientMessage, encodeSttServerMessage } from "../../../src-main/wire/moshi-stt/stt-messages.ts";
import { sttServer } from "../../../src-main/wire/moshi-stt/stt-server.ts";
import { startCuttingProxy } from "../cutting-proxy.ts";
import { FakeEngines, type FakeListening } from "../fake-engines.ts";
import { startTestServer, type TestServer } from "../start-test-server.ts";
import { startWebSocketPeer } from "../web-socket-peer.ts";

let engines: FakeEngines;
let server: TestServer;
const NEVER = new AbortController().signal;

beforeEach(async () => {
  engines = new FakeEngines();
  engines.onFlush = tellLoudSeconds;
  engines.onWrite = hearAll;
  server = await startTestServer([
    sttServer({
      engines,
      createOggOpusDecoder: createOggOpusStreamDecoder,
      batchSize: 2,
      mostBufferedSamples: 1e9,
    }),
  ]);
});

const told = new WeakMap<FakeListening, number>();

/** Every 0.1 s that is loud is a word that says which one it is. */
async function tellLoudSeconds(listening: FakeListening): Promise<void> {
  const pcm = listening.written.flatMap((piece) => [...piece]);
  let from = told.get(listening) ?? 0;
  for (; (from + 1) * 2_400 <= pcm.length; from++) {
    const level = Math.abs(pcm[from * 2_400 + 1_200]!);
    if (level > 0.05) {
      const startMs = from * 100;
      listening.tell({ kind: "word", word: { text: `w${Math.round(level * 10)}`, startMs, endMs: startMs + 100 } });
    }
  }
  told.set(listening, from);
}

const heardMs = new WeakMap<FakeListening, number>();

function hearAll(listening: FakeListening, pcm: Float32Array): void {
  const ms = (heardMs.get(listening) ?? 0) + pcm.length / 24;
  heardMs.set(listening, ms);
  const isSpeech = pcm.some((sample) => Math.abs(sample) > 0.05);
  listening.tell({
    kind: "heard",
    heardMs: ms,
    isSpeech,
    silenceMs: isSpeech ? 0 : 100,
    endProbability: isSpeech ? 0 : 1,
  });
}

/** 0.1 s at 16 kHz of each level. */
function levels(...wanted: readonly number[]): Float32Array {
  return Float32Array.from({ length: wanted.length * 1_600 }, (_, index) => wanted[Math.floor(index / 1_600)]! / 10);
}

function transcriber(url = server.socketUrl) {
  return createMoshiTranscriber({ url, mostAttempts: 1, connectTimeoutMs: 500, answerTimeoutMs: 1_000 });
}

test("an utterance that grows is sent once, and is complete at its pause", async () => {
  const client = transcriber();
  const growing = await client.transcribe({ pcm: levels(3, 4), isPartial: true }, NEVER);
  expect(growing.ok && growing.value.text).toBe("");
  const paused = await client.transcribe({ pcm: levels(3, 4, 5, 0) }, NEVER);
  expect(paused.ok && paused.value.text).toBe("w3 w4 w5");
  expect(engines.listenings).toHaveLength(1);
  const loudSamples = (): number =>
    engines.listenings[0]!.written.flatMap((pcm) => [...pcm]).filter((sample) => Math.abs(sample) > 0.25).length;
  expect(loudSamples()).toBeGreaterThan(3 * 2_200);
  expect(loudSamples()).toBeLessThan(3 * 2_600);
  const resumed = await client.transcribe({ pcm: levels(3, 4, 5, 0, 6, 0) }, NEVER);
  expect(resumed.ok && resumed.value.text).toBe("w3 w4 w5 w6");
  expect(loudSamples()).toBeGreaterThan(7 * 2_200);
  await client.close();
});

test("the next utterance has its own words, on the same connection", async () => {
  const client = transcriber();
  const first = await client.transcribe({ pcm: levels(3, 4, 0) }, NEVER);
  const second = await client.transcribe({ pcm: levels(7, 8, 0) }, NEVER);
  expect(first.ok && first.value.text).toBe("w3 w4");
  expect(second.ok && second.value.text).toBe("w7 w8");
  expect(engines.listenings).toHaveLength(1);
  await client.close();
});

test("a connection that was lost between two requests is opened again, and nothing of the utterance is lost", async () => {
  const proxy = await startCuttingProxy(server.port);
  const client = transcriber(`ws://127.0.0.1:${proxy.port}`);
  const first = await client.transcribe({ pcm: levels(3, 0) }, NEVER);
  expect(first.ok && first.value.text).toBe("w3");
  proxy.cutAll();
  await delay(50);
  const second = await client.transcribe({ pcm: levels(3, 0, 4, 0) }, NEVER);
  expect(second.ok && second.value.text).toBe("w3 w4");
  await client.close();
  await proxy.close();
});

test("a connection that is lost again and again is a failure after the second", async () => {
  let connections = 0;
  const peer = await startWebSocketPeer((socket) => {
    connections += 1;
    socket.send(encodeSttServerMessage({ type: "Ready" }));
    socket.once("message", () => socket.terminate());
  });
  const client = transcriber(peer.url);
  const lost = await client.transcribe({ pcm: levels(3, 0) }, NEVER);
  expect(lost).toMatchObject({ ok: false, failure: { code: "source-lost" } });
  expect(connections).toBe(2);
  await client.close();
});

test("an aborted request rejects with the signal's reason and holds nobody up", async () => {
  const client = transcriber();
  engines.onFlush = () => delay(2_000);
  const abort = new AbortController();
  const asked = client.transcribe({ pcm: levels(3, 0) }, abort.signal);
  setTimeout(() => abort.abort(new Error("not wanted")), 100);
  await expect(asked).rejects.toThrow("not wanted");
  await client.close();
});

test("pauses count from above 0.6 until below 0.4, after the first 12 steps", () => {
  const vad = new SemanticVad();
  for (let step = 0; step < 12; step++) vad.step([0, 0, 0.9, 0]);
  expect([vad.isPaused, vad.probability]).toEqual([false, 0]);
  const paused = [0.5, 0.61, 0.5, 0.41, 0.39, 0.6].map((probability) => {
    vad.step([0, 0, probability, 0]);
    return vad.isPaused;
  });
  expect(paused).toEqual([false, true, true, true, false, false]);
  vad.step([0.9]);
  vad.step([0, 0, Number.NaN]);
  expect(vad.probability).toBe(0.6);
});

test("the microphone streams to the server, whose probabilities decide", async () => {
  const predictor = createMoshiEndOfTurn({ url: server.socketUrl });
  const frame = (level: number): Float32Array => new Float32Array(512).fill(level);
  const evidence = {
    pcm: levels(3),
    speechEndSample: 0,
    transcript: { text: "x", tokens: [], tokenLogProbabilities: [], elapsedMs: 0 },
  };
  predictor.hear(frame(0));
  await expect.poll(() => engines.listenings.length).toBe(1);
  await delay(50);
  for (let count = 0; count < 60; count++) predictor.hear(frame(0.5));
  expect(await predictor.predict(evidence, NEVER)).toEqual(succeeded(0));
  for (let count = 0; count < 10; count++) predictor.hear(frame(0));
  await expect
    .poll(async () => (await predictor.predict(evidence, NEVER)).ok && predictor.predict(evidence, NEVER))
    .toMatchObject({ value: 1 });
  await predictor.close();
  const nobody = createMoshiEndOfTurn({ url: "ws://127.0.0.1:9", mostAttempts: 1 });
  nobody.hear(frame(0));
  await expect
    .poll(() => nobody.predict(evidence, NEVER))
    .toMatchObject({ ok: false, failure: { code: "source-unreachable" } });
  await nobody.close();
});

test("a server that tells nothing of pauses is a failure, so that another predictor takes over", async () => {
  const peer = await startWebSocketPeer((socket) => socket.send(encodeSttServerMessage({ type: "Ready" })));
  const predictor = createMoshiEndOfTurn({ url: peer.url });
  const transcript = { text: "x", tokens: [], tokenLogProbabilities: [], elapsedMs: 0 };
  const evidence = { pcm: levels(3), speechEndSample: 0, transcript };
  await expect
    .poll(() => {
      for (let count = 0; count < 10; count++) predictor.hear(new Float32Array(512));
      return predictor.predict(evidence, NEVER);
    })
    .toMatchObject({ ok: false, failure: { code: "source-timeout" } });
  await predictor.close();
});

test("what the client sends is what the protocol says", async () => {
  const seen: string[] = [];
  const peer = await startWebSocketPeer((socket, request) => {
    seen.push(`${request.url} ${String(request.headers["kyutai-api-key"])}`);
    socket.send(encodeSttServerMessage({ type: "Ready" }));
    socket.on("message", (data) => {
      const message = decodeSttClientMessage(data as Buffer);
      if (!message.ok) throw new Error("no message");
      seen.push(message.value.type === "Audio" ? `Audio ${message.value.pcm.length}` : message.value.type);
      if (message.value.type === "Marker")
        setTimeout(() => socket.send(encodeSttServerMessage({ type: "Marker", id: 1n })), 250);
    });
  });
  const url = `${peer.url.replace("ws", "http")}/api/asr-streaming`;
  const client = createMoshiTranscriber({ url, apiKey: "public_token" });
  expect(await client.transcribe({ pcm: levels(3, 0) }, NEVER)).toMatchObject({ ok: true });
  expect(seen[0]).toBe("/api/asr-streaming public_token");
  const marker = seen.indexOf("Marker");
  const before = seen.slice(1, marker);
  expect(before.slice(-2)).toEqual(["Audio 1920", "Audio 1920"]);
  const behind = seen.slice(marker + 1);
  expect(behind.length).toBeGreaterThanOrEqual(10);
  expect(behind.every((text) => text === "Audio 1920")).toBe(true);
  await client.close();
});
