import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import type { WebSocket } from "ws";
import type { SocketMessage } from "../../src-main/wire/socket-message.ts";
import { startCuttingPeer, UPGRADE_BYTES } from "./cutting-peer.ts";
import { chat, CLIENTS, log, stt, tts } from "./web-socket-clients.ts";

/** What a server does after the upgrade, and the code of the failure that its client has. */
type Hostility = readonly [what: string, behave: (socket: WebSocket) => void, code: string];

const SHORT_WAIT_MS = 100;
/** More than any client takes. */
const MOST_BYTES = 40_000_000;

/** Sends messages, the last of them as often as it is taken. */
const flood = (...messages: readonly SocketMessage[]): ((socket: WebSocket) => void) =>
  again((socket, last) => {
    for (let count = 0; count < 100 && socket.bufferedAmount < 1_000_000; count++) socket.send(last);
  }, messages);

/** Sends messages, the last of them every few ms. */
const repeat = (...messages: readonly SocketMessage[]): ((socket: WebSocket) => void) =>
  again((socket, last) => socket.send(last), messages);

function again(sendMore: (socket: WebSocket, last: SocketMessage) => void, messages: readonly SocketMessage[]) {
  return (socket: WebSocket): void => {
    send(...messages)(socket);
    const timer = setInterval(() => sendMore(socket, messages.at(-1)!), 2);
    socket.on("close", () => clearInterval(timer));
  };
}

function send(...messages: readonly SocketMessage[]): (socket: WebSocket) => void {
  return (socket) => {
    for (const message of messages) socket.send(message);
  };
}

const STT_READY = stt({ type: "Ready" });
const TTS_READY = tts({ type: "Ready" });
const HANDSHAKE = chat({ kind: "handshake" });
const STEP = stt({ type: "Step", stepIndex: 1, pauseProbabilities: new Float32Array(4), bufferedSamples: 0 });
const SOUND = tts({ type: "Audio", pcm: new Float32Array(19_200) });
const LONG_TEXT = "la ".repeat(5_000);
const NOISE = Buffer.alloc(10_000, "noise");

const HOSTILITIES: Readonly<Record<keyof typeof CLIENTS, readonly Hostility[]>> = {
  recognition: [
    ["says nothing", () => undefined, "source-timeout"],
    ["says nothing once it is ready", send(STT_READY), "source-timeout"],
    ["tells no more than its steps", repeat(STT_READY, STEP), "source-timeout"],
    ["tells steps without end", flood(STT_READY, STEP), "source-timeout"],
    ["tells words without end", flood(STT_READY, stt({ type: "Word", text: "hi", startMs: 0 })), "protocol-error"],
    ["has no free channel", send(stt({ type: "Error", message: "no free channels" })), "source-refused"],
    ["ends with an error", send(STT_READY, stt({ type: "Error", message: "no" })), "source-lost"],
    ["leaves", (socket) => socket.close(), "source-lost"],
    ["sends a text", send("hello"), "protocol-error"],
    ["sends what is no MessagePack", send(Uint8Array.of(0xc1)), "protocol-error"],
    ["sends noise later", send(STT_READY, NOISE), "protocol-error"],
    [
      "tells a step in words",
      send(STT_READY, encode({ type: "Step", step_idx: "1", prs: [], buffered_pcm: 0 })),
      "protocol-error",
    ],
    ["tells a number for a word", send(STT_READY, encode({ type: "Word", text: 7, start_time: 0 })), "protocol-error"],
    [
      "tells a word at no time",
      send(STT_READY, encode({ type: "Word", text: "hi", start_time: null })),
      "protocol-error",
    ],
    ["echoes another marker", send(STT_READY, encode({ type: "Marker", id: "1" })), "protocol-error"],
    ["sends a number for a type", send(STT_READY, encode({ type: 7 })), "protocol-error"],
    ["sends an empty list", send(STT_READY, encode([])), "protocol-error"],
  ],
  synthesizer: [
    ["says nothing", () => undefined, "source-timeout"],
    ["says nothing once it is ready", send(TTS_READY), "source-timeout"],
    [
      "announces and does not speak",
      repeat(TTS_READY, tts({ type: "Text", text: "", startMs: 0, stopMs: 0 })),
      "source-timeout",
    ],
    ["sends empty sound", repeat(TTS_READY, tts({ type: "Audio", pcm: new Float32Array(0) })), "source-timeout"],
    ["speaks before it is ready", flood(SOUND), "protocol-error"],
    ["speaks without end", flood(TTS_READY, SOUND), "protocol-error"],
    [
      "announces words without end",
      flood(TTS_READY, tts({ type: "Text", text: LONG_TEXT, startMs: 0, stopMs: 0 })),
      "protocol-error",
    ],
    [
      "sends what nobody knows without end",
      flood(TTS_READY, encode({ type: "News", text: LONG_TEXT })),
      "protocol-error",
    ],
    ["has no free channel", send(tts({ type: "Error", message: "no free channels" })), "source-refused"],
    ["ends with an error", send(TTS_READY, tts({ type: "Error", message: "no" })), "source-lost"],
    ["leaves", (socket) => socket.close(), "source-lost"],
    ["leaves once it is ready", (socket) => (socket.send(TTS_READY), socket.close()), "source-lost"],
    ["sends a text", send("hello"), "protocol-error"],
    ["sends what is no MessagePack", send(TTS_READY, Uint8Array.of(0xc1)), "protocol-error"],
    ["sends a text for sound", send(TTS_READY, encode({ type: "Audio", pcm: "loud" })), "protocol-error"],
    ["sends texts for samples", send(TTS_READY, encode({ type: "Audio", pcm: ["loud"] })), "protocol-error"],
    [
      "announces at no time",
      send(TTS_READY, encode({ type: "Text", text: "hi", start_s: 0, stop_s: "1" })),
      "protocol-error",
    ],
    ["sends a number for an error", send(TTS_READY, encode({ type: "Error", message: 7 })), "protocol-error"],
  ],
  vibevoice: [
    ["says nothing", () => undefined, "source-timeout"],
    ["reports and does not speak", repeat(log("model_progress")), "source-timeout"],
    ["sends empty messages", repeat(new Uint8Array(0)), "source-timeout"],
    ["speaks without end", flood(new Uint8Array(100_000)), "protocol-error"],
    ["reports without end", flood(log("news", LONG_TEXT)), "protocol-error"],
    ["sends empty messages without end", flood(new Uint8Array(0)), "source-timeout"],
    ["is busy", send(log("backend_busy")), "source-refused"],
    ["cannot speak", send(log("generation_error"), log("backend_stream_complete")), "speak-failed"],
    ["leaves before the end", (socket) => (socket.send(new Uint8Array(4)), socket.close(1000)), "source-lost"],
    ["ends inside a sample", send(new Uint8Array(3), log("backend_stream_complete")), "protocol-error"],
    ["sends a text that is no event", send("hello"), "protocol-error"],
    ["sends an event without a name", send('{"type":"log"}'), "protocol-error"],
    ["sends a number for an event", send('{"type":"log","event":7}'), "protocol-error"],
    ["sends a list for its data", send('{"type":"log","event":"x","data":[]}'), "protocol-error"],
    ["sends null", send("null"), "protocol-error"],
  ],
  conversation: [
    ["says nothing", () => undefined, "source-timeout"],
    ["does not answer", send(HANDSHAKE), "source-timeout"],
    ["only pings", repeat(HANDSHAKE, chat({ kind: "ping" })), "source-timeout"],
    ["answers with noise", repeat(HANDSHAKE, chat({ kind: "audio", data: NOISE.subarray(0, 9) })), "source-timeout"],
    ["sends much before it is ready", flood(chat({ kind: "metadata", json: LONG_TEXT })), "protocol-error"],
    ["writes without end", flood(HANDSHAKE, chat({ kind: "text", text: LONG_TEXT })), "protocol-error"],
    ["sends noise without end", flood(HANDSHAKE, chat({ kind: "audio", data: NOISE })), "protocol-error"],
    ["refuses", send(chat({ kind: "error", message: "no" })), "source-refused"],
    ["ends with an error", send(HANDSHAKE, chat({ kind: "error", message: "no" })), "source-lost"],
    ["leaves", (socket) => socket.close(), "source-lost"],
    ["leaves later", (socket) => (socket.send(HANDSHAKE), socket.close()), "source-lost"],
    ["sends a text", send("hello"), "protocol-error"],
    ["sends a text later", send(HANDSHAKE, "hello"), "protocol-error"],
    ["sends an empty message", send(HANDSHAKE, new Uint8Array(0)), "protocol-error"],
    ["controls nothing", send(HANDSHAKE, Uint8Array.of(3)), "protocol-error"],
    ["writes without a colour", send(HANDSHAKE, Uint8Array.of(7)), "protocol-error"],
    ["sends half a code", send(HANDSHAKE, Uint8Array.of(9, 1, 2)), "protocol-error"],
  ],
};

const names = Object.keys(CLIENTS) as (keyof typeof CLIENTS)[];

test.each(names.flatMap((name) => HOSTILITIES[name].map((hostility) => [name, ...hostility] as const)))(
  "%s: a server that %s",
  async (name, _what, behave, code) => {
    const peer = await startCuttingPeer(behave);
    const waitMs = code === "source-timeout" ? SHORT_WAIT_MS : 5_000;
    const startedAtMs = performance.now();
    expect(await CLIENTS[name].use(peer.cutAfter(Number.POSITIVE_INFINITY, "end"), waitMs)).toBe(code);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    expect(peer.passedBytes()).toBeLessThan(MOST_BYTES);
    await expect.poll(() => peer.connections.size, { interval: 5 }).toBe(0);
  },
);

test.each(names)("%s: a server that sends byte after byte", async (name) => {
  const first = {
    recognition: STT_READY,
    synthesizer: TTS_READY,
    vibevoice: log("model_progress"),
    conversation: HANDSHAKE,
  };
  const peer = await startCuttingPeer(send(first[name], NOISE));
  const positions = [0, UPGRADE_BYTES, UPGRADE_BYTES + 2 + first[name].length];
  const startedAtMs = performance.now();
  const ends = positions.map((bytes) => CLIENTS[name].use(peer.cutAfter(bytes, "drip"), SHORT_WAIT_MS));
  expect(await Promise.all(ends)).toEqual(positions.map(() => "source-timeout"));
  expect(performance.now() - startedAtMs).toBeLessThan(1_500);
});
