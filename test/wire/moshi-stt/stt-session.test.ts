import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { createOggOpusStreamDecoder } from "../../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import {
  decodeSttServerMessage,
  encodeSttClientMessage,
  type SttClientMessage,
} from "../../../src-main/wire/moshi-stt/stt-messages.ts";
import { sttServer } from "../../../src-main/wire/moshi-stt/stt-server.ts";
import { OggOpusEncoder } from "../../../src-main/wire/ogg-opus/ogg-opus-encoder.ts";
import { dial } from "../../serve/dial.ts";
import { FakeEngines } from "../fake-engines.ts";
import { startTestServer } from "../start-test-server.ts";

/** Engines that hear nothing of what is written, unless a test tells. */
class DeafEngines extends FakeEngines {
  override listen(onEvent: Parameters<FakeEngines["listen"]>[0]): ReturnType<FakeEngines["listen"]> {
    const listener = super.listen(onEvent);
    const { written } = this.listenings.at(-1)!;
    return Object.defineProperty(listener, "bufferedSamples", {
      get: () => written.reduce((sum, { length }) => sum + length, 0),
    });
  }
}

function connectionOf(socket: WebSocket): Socket {
  return (socket as unknown as { readonly _socket: Socket })._socket;
}

/** A client of a server that lets one frame wait, and the types of what it gets. */
async function client(engines: FakeEngines) {
  const server = await startTestServer([
    sttServer({
      engines,
      createOggOpusDecoder: createOggOpusStreamDecoder,
      batchSize: 1,
      mostBufferedSamples: 1_920,
    }),
  ]);
  const { socket } = await dial(`${server.socketUrl}/api/asr-streaming`);
  const types: string[] = [];
  socket.on("message", (data) => {
    const decoded = decodeSttServerMessage(data as Buffer);
    if (decoded.ok) types.push(decoded.value.type);
  });
  const send = (...messages: readonly SttClientMessage[]): void => {
    // In one piece: the server has read the last message when it takes the first.
    connectionOf(socket).cork();
    for (const message of messages) socket.send(encodeSttClientMessage(message));
    connectionOf(socket).uncork();
  };
  return { types, send, socket, server };
}

/** 20 s of a tone as one stream of Ogg Opus. */
async function longTone(): Promise<Uint8Array> {
  const encoder = await OggOpusEncoder.create({ rateHz: 24_000 });
  const tone = Float32Array.from({ length: 24_000 * 20 }, (_, index) => 0.3 * Math.sin(index / 10));
  return Buffer.concat([encoder.header, encoder.push(tone), encoder.finish()]);
}

test("who begins anew is no longer held up for what was sent before", async () => {
  const engines = new DeafEngines();
  const { send } = await client(engines);
  send({ type: "Audio", pcm: new Float32Array(2_000) }, { type: "Init" });
  await expect.poll(() => engines.listenings.length).toBe(2);
  send({ type: "Audio", pcm: new Float32Array(1) });
  await expect.poll(() => engines.listenings[1]?.written.length).toBe(1);
});

test("a flood of markers in speech does not pile up", async () => {
  const engines = new FakeEngines();
  engines.onWrite = ({ tell }) => tell({ kind: "heard", heardMs: 80, isSpeech: true, silenceMs: 0, endProbability: 0 });
  engines.onFlush = () => new Promise(() => undefined);
  const { types, send } = await client(engines);
  send({ type: "Audio", pcm: new Float32Array(1_920) });
  for (let id = 0n; id < 3_000n; id++) send({ type: "Marker", id });
  await expect.poll(() => types.filter((type) => type === "Marker").length).toBeGreaterThan(1_900);
});

test("one message with much in it is decoded as it is heard", async () => {
  const engines = new DeafEngines();
  const { send } = await client(engines);
  send({ type: "OggOpus", data: await longTone() });
  const { written, tell } = await vi.waitUntil(() => engines.listenings[0]);
  const waiting = (): number => written.reduce((sum, { length }) => sum + length, 0);
  await expect.poll(waiting).toBeGreaterThan(1_920);
  await sleep(200);
  expect(waiting()).toBeLessThan(24_000 * 3);
  let heard = 0;
  while (heard < 24_000 * 19) {
    await expect.poll(waiting).toBeGreaterThan(0);
    heard += waiting();
    written.length = 0;
    tell({ kind: "heard", heardMs: heard / 24, isSpeech: false, silenceMs: 0, endProbability: 0 });
  }
});

test("who goes while much of their sound waits leaves nothing behind", async () => {
  const engines = new DeafEngines();
  const { send, socket, server } = await client(engines);
  send({ type: "OggOpus", data: await longTone() });
  await expect.poll(() => engines.listenings[0]?.written.length ?? 0).toBeGreaterThan(0);
  socket.terminate();
  await expect.poll(() => engines.listenings[0]?.isClosed).toBe(true);
  const channels = async (): Promise<unknown> => (await fetch(`${server.url}/api/modules_info`)).json();
  await expect.poll(channels).toMatchObject([{ used_slots: "0" }]);
});
