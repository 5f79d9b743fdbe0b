import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { createOggOpusStreamDecoder } from "../../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import type { ConversationState } from "../../../src-main/wire/conversation-engine.ts";
import {
  decodeChatMessage,
  encodeChatMessage,
  type ChatMessage,
} from "../../../src-main/wire/moshi-chat/chat-messages.ts";
import { MoshiChat, type MoshiChatOptions } from "../../../src-main/wire/moshi-chat/moshi-chat.ts";
import { OggOpusEncoder } from "../../../src-main/wire/ogg-opus/ogg-opus-encoder.ts";
import { concatenate } from "../../../src-main/streaming-resampler.ts";
import { OggOpusInput } from "../../../src-main/wire/ogg-opus/ogg-opus-input.ts";
import { likenessNearby, syllables } from "../signals.ts";
import { startWebSocketPeer, type WebSocketPeer } from "../web-socket-peer.ts";
import { everyChunk } from "../../play/streamer/chunk-script.ts";

let peer: WebSocketPeer;
let chat: MoshiChat | undefined;
const states: ConversationState[] = [];
const spoken: Float32Array[] = [];
let text = "";

beforeEach(async () => {
  peer = await startWebSocketPeer();
  states.length = 0;
  spoken.length = 0;
  text = "";
});

afterEach(() => chat?.close());

function start(options: Partial<MoshiChatOptions> = {}): MoshiChat {
  chat = new MoshiChat({
    url: peer.url,
    createOggOpusDecoder: createOggOpusStreamDecoder,
    output: { write: (pcm) => void spoken.push(pcm.slice()), text: (piece) => (text += piece) },
    onState: (state) => void states.push(state),
    firstDelayMs: 5,
    handshakeTimeoutMs: 300,
    silenceMs: 300,
    ...options,
  });
  return chat;
}

function send(socket: WebSocket, ...messages: readonly ChatMessage[]): void {
  for (const message of messages) socket.send(encodeChatMessage(message));
}

const kinds = (): string => states.map(({ kind }) => kind).join(" ");
const samplesOf = (pieces: readonly Float32Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** A server that says what it hears, and a word for every message of audio. */
function echo(handshake: Uint8Array): (socket: WebSocket) => void {
  return (socket) => {
    send(socket, { kind: "metadata", json: "{}" });
    socket.send(handshake);
    let isFirst = true;
    socket.on("message", (data) => {
      const message = decodeChatMessage(data as Buffer);
      if (!message.ok || message.value.kind !== "audio") throw new Error("only audio comes from the client");
      send(socket, { kind: "audio", data: message.value.data });
      if (isFirst) send(socket, { kind: "text", text: " Hello" }, { kind: "text", text: "." });
      isFirst = false;
    });
  };
}

test.each([
  ["1 byte", Uint8Array.of(0)],
  ["9 bytes", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0)],
])("speech goes both ways in Opus after a handshake of %s, and text comes with it", async (_, handshake) => {
  peer.behave = echo(handshake);
  const conversation = start({ silenceMs: 5_000 });
  const signal = syllables(1).subarray(0, 24_000);
  conversation.hear(signal);
  await expect.poll(kinds).toBe("starting ready");
  for (let at = 0; at < signal.length; at += 1_920) conversation.hear(signal.subarray(at, at + 1_920));
  conversation.hear(new Float32Array(4_800));
  await expect.poll(() => samplesOf(spoken), { timeout: 10_000 }).toBeGreaterThan(25_000);
  const heard = Float32Array.from(spoken.flatMap((piece) => [...piece]));
  expect(likenessNearby(signal, heard.slice(0, signal.length))).toBeGreaterThan(0.8);
  expect(text).toBe(" Hello.");
  await conversation.close();
  expect(kinds()).toBe("starting ready closed");
});

test("PersonaPlex is told voice and prompt, and never an empty prompt", async () => {
  const asked: string[] = [];
  peer.behave = (socket, request) => {
    const url = new URL(request.url ?? "", peer.url);
    asked.push(`${url.pathname} ${url.searchParams.get("voice_prompt")} ${url.searchParams.get("text_prompt")}`);
    send(socket, { kind: "handshake" });
  };
  start({ voicePrompt: "NATF0.pt", textPrompt: "You teach." });
  await expect.poll(kinds).toMatch(/ready/);
  await chat?.close();
  start({ voicePrompt: "NATF0.pt", textPrompt: " " });
  await expect.poll(() => asked.length).toBe(2);
  await chat?.close();
  start();
  await expect.poll(() => asked.length).toBe(3);
  expect(asked[0]).toBe("/api/chat NATF0.pt You teach.");
  expect(asked[1]).toMatch(/^\/api\/chat NATF0.pt \S.*/);
  expect(asked[2]).toBe("/api/chat null null");
});

test("unknown kinds, pings and coloured text are taken as they are", async () => {
  peer.behave = (socket) => {
    send(socket, { kind: "handshake" }, { kind: "ping" }, { kind: "coloured-text", colour: 3, text: " Hi" });
    socket.send(Uint8Array.of(200, 1, 2));
    send(socket, { kind: "text", text: " there" });
  };
  start({ silenceMs: 5_000 });
  await expect.poll(() => text).toBe(" Hi there");
  expect(kinds()).toBe("starting ready");
});

const ready = (socket: WebSocket): void => send(socket, { kind: "handshake" });
const FAILURES: readonly [string, string, number, (socket: WebSocket) => void][] = [
  ["a cut", "source-lost", 4, (socket) => (ready(socket), setTimeout(() => socket.terminate(), 20))],
  ["an error first", "source-refused", 4, (socket) => send(socket, { kind: "error", message: "no" })],
  ["a text", "protocol-error", 1, (socket) => socket.send("hello")],
];

test.each(FAILURES)("%s is a %s after %i attempts", async (_, code, attempts, behaviour) => {
  let connections = 0;
  peer.behave = (socket) => {
    connections += 1;
    behaviour(socket);
  };
  const conversation = start();
  const hearAndLook = (): string | undefined => {
    conversation.hear(new Float32Array(1_920));
    return states.at(-1)?.kind;
  };
  await expect.poll(hearAndLook, { timeout: 10_000 }).toBe("failed");
  expect(states.at(-1)).toMatchObject({ failure: { code } });
  expect(connections).toBe(attempts);
});

test("silence of a server that hears nothing is no failure", async () => {
  peer.behave = ready;
  start({ silenceMs: 100 });
  await expect.poll(kinds).toBe("starting ready");
  await delay(350);
  expect(kinds()).toBe("starting ready");
});

test("no server at all is a failure after four attempts", async () => {
  start({ url: "ws://127.0.0.1:9" });
  await expect.poll(() => states.at(-1)).toMatchObject({ kind: "failed", failure: { code: "source-unreachable" } });
  expect(states.filter(({ kind }) => kind === "starting")).toHaveLength(4);
});

test("a server that says more than time passes is stopped", async () => {
  const encoder = await OggOpusEncoder.create();
  const bytes = encoder.push(new Float32Array(24_000).fill(0.1));
  peer.behave = (socket) => {
    ready(socket);
    send(socket, { kind: "audio", data: encoder.header });
    for (let seconds = 0; seconds < 20; seconds++) send(socket, { kind: "audio", data: bytes });
  };
  start({ silenceMs: 5_000 });
  await expect.poll(() => states.at(-1), { timeout: 10_000 }).toMatchObject({ failure: { code: "protocol-error" } });
});

test("what the client encodes is one stream of Opus that others decode", async () => {
  const pieces: Uint8Array[] = [];
  peer.behave = (socket) => {
    ready(socket);
    socket.on("message", (data) => void pieces.push((data as Buffer).subarray(1)));
  };
  const conversation = start({ silenceMs: 5_000 });
  await expect.poll(kinds).toBe("starting ready");
  conversation.hear(syllables(1).subarray(0, 24_000));
  await expect.poll(() => pieces.length).toBe(2);
  const input = new OggOpusInput(await createOggOpusStreamDecoder());
  const pcm = await everyChunk(input.push(Buffer.concat(pieces)));
  expect(concatenate(pcm).length).toBeGreaterThan(23_000);
  await input.close();
});
