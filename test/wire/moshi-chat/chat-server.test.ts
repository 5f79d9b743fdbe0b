import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { failure } from "../../../src-shared/failure.ts";
import { createOggOpusStreamDecoder } from "../../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import type { ServerLimits } from "../../../src-main/serve/server-limits.ts";
import {
  decodeChatMessage,
  encodeChatMessage,
  type ChatMessage,
  type UnknownChatMessage,
} from "../../../src-main/wire/moshi-chat/chat-messages.ts";
import { chatServer, type ChatServerOptions } from "../../../src-main/wire/moshi-chat/chat-server.ts";
import { MoshiChat } from "../../../src-main/wire/moshi-chat/moshi-chat.ts";
import { OggOpusEncoder } from "../../../src-main/wire/ogg-opus/ogg-opus-encoder.ts";
import { concatenate } from "../../../src-main/streaming-resampler.ts";
import { OggOpusInput } from "../../../src-main/wire/ogg-opus/ogg-opus-input.ts";
import { STEP_SAMPLES } from "../../../src-main/wire/served-conversation.ts";
import { dial } from "../../serve/dial.ts";
import { FakeEngines, type FakeConversation } from "../fake-engines.ts";
import { likenessNearby, syllables } from "../signals.ts";
import { startTestServer, type TestServer } from "../start-test-server.ts";
import { everyChunk } from "../../play/streamer/chunk-script.ts";

let engines: FakeEngines;
beforeEach(() => void (engines = new FakeEngines()));

interface Served extends Partial<Pick<ChatServerOptions, "mostConversations" | "longestWaitMs" | "longestSilenceMs">> {
  readonly keys?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
}

function serve({ keys, limits, mostConversations = 1, ...options }: Served = {}): Promise<TestServer> {
  const protocol = chatServer({
    engines,
    createOggOpusDecoder: createOggOpusStreamDecoder,
    mostConversations,
    ...options,
  });
  return startTestServer([protocol], { ...(keys && { keys }), ...(limits && { limits }) });
}

/** A client that sends what a test says, and keeps what comes. */
class Client {
  readonly received: (ChatMessage | UnknownChatMessage)[] = [];
  readonly sizes: number[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<number>;
  readonly socket: WebSocket;

  constructor(server: TestServer, query = "") {
    const socket = new WebSocket(`${server.socketUrl}/api/chat${query}`);
    onTestFinished(() => socket.terminate());
    this.socket = socket;
    this.opened = new Promise((resolve) => socket.once("open", () => resolve()));
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("message", (data: Buffer, isBinary) => {
      const decoded = decodeChatMessage(data);
      if (!isBinary || !decoded.ok) throw new Error("that is no message of a conversation");
      this.received.push(decoded.value);
      this.sizes.push(data.length);
    });
  }

  static async open(server: TestServer, query = ""): Promise<Client> {
    const client = new Client(server, query);
    await client.opened;
    return client;
  }

  send(...messages: readonly (ChatMessage | Uint8Array | string)[]): void {
    for (const message of messages) {
      const isRaw = typeof message === "string" || message instanceof Uint8Array;
      this.socket.send(isRaw ? message : encodeChatMessage(message));
    }
  }

  get kinds(): string {
    return this.received.map(({ kind }) => kind).join(" ");
  }

  get text(): string {
    return this.received.map((message) => (message.kind === "text" ? message.text : "")).join("");
  }

  /** Frames that were answered; the first message of sound is the header. */
  get frames(): number {
    return this.received.filter(({ kind }) => kind === "audio").length - 1;
  }

  /** All that was said. */
  async sound(): Promise<Float32Array> {
    const input = new OggOpusInput(await createOggOpusStreamDecoder());
    const data = this.received.flatMap((message) => (message.kind === "audio" ? [message.data] : []));
    const pieces = await everyChunk(input.push(Buffer.concat(data)));
    await input.close();
    return concatenate(pieces);
  }
}

/** So many seconds as one stream of Ogg Opus, header included. */
async function opus(pcm: Float32Array): Promise<Uint8Array> {
  const encoder = await OggOpusEncoder.create();
  return Buffer.concat([encoder.header, encoder.push(pcm), encoder.finish()]);
}

const silence = (seconds: number): Promise<Uint8Array> => opus(new Float32Array(24_000 * seconds));
const audio = (data: Uint8Array): ChatMessage => ({ kind: "audio", data });
const conversation = (): FakeConversation => engines.conversations.at(-1)!;

/** Waits for the handshake and the header behind it. */
async function begun(client: Client): Promise<void> {
  await expect.poll(() => client.kinds).toBe("handshake audio");
}

test("our own client talks to it: sound and words both ways", async () => {
  const server = await serve();
  const spoken: Float32Array[] = [];
  const states: string[] = [];
  let text = "";
  const chat = new MoshiChat({
    url: server.socketUrl,
    voicePrompt: "kal.pt",
    createOggOpusDecoder: createOggOpusStreamDecoder,
    output: { write: (pcm) => void spoken.push(pcm), text: (piece) => (text += piece) },
    onState: ({ kind }) => void states.push(kind),
  });
  onTestFinished(() => chat.close());
  await expect.poll(() => states.join(" ")).toBe("starting ready");
  const signal = syllables(1).subarray(0, 24_000);
  for (let at = 0; at < signal.length; at += 480) chat.hear(signal.subarray(at, at + 480));
  chat.hear(new Float32Array(9_600));
  const heard = (): number => spoken.reduce((sum, { length }) => sum + length, 0);
  await expect.poll(heard).toBeGreaterThan(24_000);
  expect(likenessNearby(signal, concatenate(spoken).slice(0, signal.length))).toBeGreaterThan(0.7);
  expect(text).toMatch(/^ word3 word6 word9 word12/);
  expect(conversation().voice).toBe("kal");
  await chat.close();
  expect(states.join(" ")).toBe("starting ready closed");
  await expect.poll(() => conversation().isClosed).toBe(true);
});

test.each([1, 7, 1_000, 1_000_000])("a frame is answered for every frame, in pieces of %i bytes", async (size) => {
  const client = await Client.open(await serve());
  await begun(client);
  expect(client.sizes[0]).toBe(1);
  const signal = syllables(1).subarray(0, 24_000);
  const bytes = await opus(signal);
  for (let at = 0; at < bytes.length; at += size) client.send(audio(bytes.subarray(at, at + size)));
  const frames = Math.floor(signal.length / STEP_SAMPLES);
  await expect.poll(() => client.frames, { timeout: 5_000 }).toBe(frames);
  expect(conversation().heard).toHaveLength(frames);
  expect(client.text).toBe(" word3 word6 word9 word12");
  expect(likenessNearby(signal.subarray(0, 19_200), await client.sound())).toBeGreaterThan(0.7);
});

test("a further client waits for the handshake; what it sends meanwhile is not heard, but its stream goes on", async () => {
  const server = await serve();
  const first = await Client.open(server);
  await begun(first);
  const second = await Client.open(server);
  const bytes = await silence(1);
  const half = bytes.length / 2;
  second.send(audio(bytes.subarray(0, half)));
  await delay(100);
  expect(second.kinds).toBe("");
  first.socket.close();
  await begun(second);
  expect(engines.conversations.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  second.send(audio(bytes.subarray(half)));
  await expect.poll(() => second.frames).toBeGreaterThan(4);
  expect(second.frames).toBeLessThan(8);
});

test("who waits for too long is told so, and who leaves does not keep a place", async () => {
  const server = await serve({ longestWaitMs: 150 });
  const first = await Client.open(server);
  await begun(first);
  const leaving = await Client.open(server);
  leaving.socket.terminate();
  const waiting = await Client.open(server);
  expect(await waiting.closed).toBe(1013);
  expect(waiting.received).toEqual([{ kind: "error", message: "others are talking" }]);
  first.socket.close();
  await begun(await Client.open(server));
});

test("as many as may talk at once do, and none hears another", async () => {
  const server = await serve({ mostConversations: 2 });
  const clients = [await Client.open(server), await Client.open(server)];
  for (const client of clients) await begun(client);
  clients[0]!.send(audio(await silence(1)));
  await expect.poll(() => clients[0]!.frames).toBe(12);
  expect(clients[1]!.frames).toBe(0);
});

test("all other kinds, text and what is malformed are passed over", async () => {
  const client = await Client.open(await serve());
  await begun(client);
  client.send(
    "hello",
    new Uint8Array(0),
    Uint8Array.of(3),
    Uint8Array.of(200, 1),
    Uint8Array.of(9, 1),
    Uint8Array.of(1),
  );
  client.send({ kind: "handshake" }, { kind: "control", control: "restart" }, { kind: "metadata", json: "{" });
  client.send({ kind: "ping" }, { kind: "text", text: "hello" }, { kind: "error", message: "no" });
  client.send(audio(Buffer.from("this is not Opus, and OggS is no page")), audio(await silence(1)));
  await expect.poll(() => client.frames).toBe(12);
  expect(client.kinds).not.toContain("error");
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});

test("a burst that has to wait is held up, and no frame of it is lost", async () => {
  const client = await Client.open(await serve());
  await begun(client);
  const fine = Promise.withResolvers<void>();
  conversation().beforeStep = () => fine.promise;
  const frames = 99;
  const signal = syllables(8).subarray(0, (frames + 0.5) * STEP_SAMPLES);
  const encoder = await OggOpusEncoder.create({ bitsPerSecond: 256_000 });
  const bytes = Buffer.concat([encoder.header, encoder.push(signal), encoder.finish()]);
  expect(bytes.length).toBeGreaterThan(3 * 64 * 1024);
  for (let at = 0; at < bytes.length; at += 4_096) client.send(audio(bytes.subarray(at, at + 4_096)));
  await delay(50);
  fine.resolve();
  await expect.poll(() => client.frames, { timeout: 5_000 }).toBe(frames);
});

test("an assistant that cannot begin is an error, and frees the place", async () => {
  const server = await serve();
  engines.conversationFailure = failure("model-missing", "models", "there is no model");
  const refused = await Client.open(server);
  expect(await refused.closed).toBe(1011);
  expect(refused.received).toEqual([{ kind: "error", message: "there is no model" }]);
  engines.conversationFailure = undefined;
  await begun(await Client.open(server));
});

test("a conversation that breaks ends with 1011", async () => {
  const client = await Client.open(await serve());
  await begun(client);
  conversation().beforeStep = () => Promise.reject(new Error("broken"));
  client.send(audio(await silence(1)));
  expect(await client.closed).toBe(1011);
  await expect.poll(() => conversation().isClosed).toBe(true);
});

test("who sends no sound for too long makes room", async () => {
  const server = await serve({ longestSilenceMs: 150 });
  const client = await Client.open(server);
  await begun(client);
  const waiting = await Client.open(server);
  const pings = setInterval(() => client.send({ kind: "ping" }), 20);
  onTestFinished(() => clearInterval(pings));
  expect(await client.closed).toBe(1008);
  clearInterval(pings);
  expect(client.received.at(-1)).toEqual({ kind: "error", message: "no sound came for too long" });
  await begun(waiting);
});

test("keys are asked for, also where Moshi's page has them", async () => {
  const server = await serve({ keys: ["right"], mostConversations: 3 });
  expect((await dial(`${server.socketUrl}/api/chat`)).status).toBe(401);
  expect((await dial(`${server.socketUrl}/api/chat?worker_auth_id=wrong`)).status).toBe(401);
  for (const query of ["?worker_auth_id=right", "?auth_id=right"]) await begun(await Client.open(server, query));
  expect((await dial(`${server.socketUrl}/api/chat`, { authorization: "Bearer right" })).status).toBe(101);
});

test("beyond the sessions of the server a client is told so", async () => {
  const server = await serve({ limits: { mostSessionsPerRoute: 1 } });
  await begun(await Client.open(server));
  const second = await Client.open(server);
  expect(await second.closed).toBe(1013);
  expect(second.kinds).toBe("error");
});

test("an ending server lets a conversation go on, and then closes it", async () => {
  const server = await serve();
  const client = await Client.open(server, "?voice_prompt=NATF0.pt&text_prompt=You%20teach.");
  await begun(client);
  const waiting = await Client.open(server);
  const drained = server.drain(400);
  client.send(audio(await silence(1)));
  await expect.poll(() => client.frames).toBe(12);
  expect(await Promise.all([client.closed, waiting.closed])).toEqual([1001, 1001]);
  await drained;
  expect(conversation().isClosed).toBe(true);
  expect(engines.conversations).toHaveLength(1);
  expect(server.logged()).not.toMatch(/word3|teach|NATF0/);
});
