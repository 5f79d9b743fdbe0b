import type { Outcome } from "../../src-shared/failure.ts";
import type { Synthesizer } from "../../src-main/turn/ports.ts";
import { createOggOpusStreamDecoder } from "../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import { encodeChatMessage, type ChatMessage } from "../../src-main/wire/moshi-chat/chat-messages.ts";
import { MoshiChat } from "../../src-main/wire/moshi-chat/moshi-chat.ts";
import { SttConnection } from "../../src-main/wire/moshi-stt/stt-connection.ts";
import {
  decodeSttClientMessage,
  encodeSttServerMessage,
  type SttServerMessage,
} from "../../src-main/wire/moshi-stt/stt-messages.ts";
import { createMoshiSynthesizer } from "../../src-main/wire/moshi-tts/moshi-synthesizer.ts";
import { encodeTtsServerMessage, type TtsServerMessage } from "../../src-main/wire/moshi-tts/tts-messages.ts";
import { OggOpusEncoder } from "../../src-main/wire/ogg-opus/ogg-opus-encoder.ts";
import { createVibevoiceSynthesizer } from "../../src-main/wire/vibevoice/vibevoice-synthesizer.ts";
import { hearSpeech } from "./heard-speech.ts";
import type { PeerBehaviour } from "./web-socket-peer.ts";

/** A client, as the tests of hostile servers use it. */
export interface WebSocketClient {
  readonly name: string;
  /** A server's side of a whole session with every kind of message, and little in each. */
  readonly play: PeerBehaviour;
  /**
   * One use of the client, without further attempts where that can be told; no wait for the connection or an answer is longer than `waitMs`.
   * The code of its failure; "whole" when all of {@link play} arrived.
   */
  readonly use: (url: string, waitMs: number) => Promise<string>;
}

/** What every client of this file that takes a signal is given. */
export const NEVER = new AbortController().signal;
const SAMPLES = 5;

/** What the moshi clients get, as bytes. */
export const stt = (message: SttServerMessage): Uint8Array => encodeSttServerMessage(message);
/** See {@link stt}. */
export const tts = (message: TtsServerMessage): Uint8Array => encodeTtsServerMessage(message);
/** See {@link stt}. */
export const chat = (message: ChatMessage): Uint8Array => encodeChatMessage(message);
/** What VibeVoice's clients get beside sound. */
export const log = (event: string, text = ""): string => JSON.stringify({ type: "log", event, data: { text } });

const opus = await OggOpusEncoder.create();
const OGG_OPUS = Buffer.concat([opus.header, opus.push(new Float32Array(480))]);

const recognition: WebSocketClient = {
  name: "the recognition of moshi",
  play(socket) {
    const step = stt({ type: "Step", stepIndex: 1, pauseProbabilities: new Float32Array(1), bufferedSamples: 0 });
    for (const bytes of [stt({ type: "Ready" }), step, step]) socket.send(bytes);
    socket.on("message", (data: Buffer) => {
      const message = data.length < 100 ? decodeSttClientMessage(data) : undefined;
      if (!message?.ok || message.value.type !== "Marker") return;
      socket.send(stt({ type: "Word", text: "hi", startMs: 0 }));
      socket.send(stt({ type: "EndWord", stopMs: 80 }));
      socket.send(stt(message.value));
    });
  },
  async use(url, waitMs) {
    const address = { url, delayFrames: 0, mostAttempts: 1, connectTimeoutMs: waitMs, answerTimeoutMs: waitMs };
    const opened = await SttConnection.open(address, NEVER);
    if (!opened.ok) return opened.failure.code;
    const { value: connection } = opened;
    await connection.send(new Float32Array(100));
    const flushed = await connection.flush(NEVER);
    void connection.close();
    return ended(flushed, () => connection.words[0]?.text === "hi" && connection.steppedMs === 160);
  },
};

const synthesizer: WebSocketClient = {
  name: "the synthesizer of moshi",
  play(socket) {
    socket.send(tts({ type: "Ready" }));
    socket.on("message", (_text, isEnd) => {
      if (!isEnd) return;
      socket.send(tts({ type: "Text", text: "hi", startMs: 0, stopMs: 0.2 }));
      socket.send(tts({ type: "Audio", pcm: new Float32Array(SAMPLES) }));
      socket.close(1000);
    });
  },
  use: (url, waitMs) =>
    speak(createMoshiSynthesizer({ url, mostAttempts: 1, connectTimeoutMs: waitMs, silenceMs: waitMs })),
};

const vibevoice: WebSocketClient = {
  name: "VibeVoice's synthesizer",
  play(socket) {
    socket.send(log("backend_request_received"));
    socket.send(new Uint8Array(2 * SAMPLES));
    socket.send(log("backend_first_chunk_sent"));
    socket.send(log("model_progress"));
    socket.send(log("backend_stream_complete"));
    socket.close(1000);
  },
  use: (url, waitMs) =>
    speak(createVibevoiceSynthesizer({ baseUrl: url, connectTimeoutMs: waitMs, silenceMs: waitMs })),
};

const conversation: WebSocketClient = {
  name: "the conversation with moshi",
  play(socket) {
    const said: readonly ChatMessage[] = [
      { kind: "metadata", json: "{}" },
      { kind: "handshake", versions: { protocol: 0, model: 0 } },
      { kind: "ping" },
      { kind: "text", text: " hi" },
      { kind: "coloured-text", colour: 1, text: "." },
      { kind: "audio", data: OGG_OPUS },
    ];
    for (const message of said) socket.send(chat(message));
  },
  async use(url, waitMs) {
    const ending = Promise.withResolvers<string>();
    let text = "";
    const output = {
      write: () => ending.resolve(text === " hi." ? "whole" : "less than all"),
      text: (piece: string) => void (text += piece),
    };
    const client = new MoshiChat({
      url,
      createOggOpusDecoder: createOggOpusStreamDecoder,
      output,
      onState: (state) => {
        if (state.kind === "ready") client.hear(new Float32Array(480));
        if (state.kind === "interrupted") ending.resolve(state.failure.code);
      },
      connectTimeoutMs: waitMs,
      handshakeTimeoutMs: waitMs,
      silenceMs: waitMs,
    });
    const code = await ending.promise;
    void client.close();
    return code;
  },
};

/** Each client of a WebSocket server. */
export const CLIENTS = { recognition, synthesizer, vibevoice, conversation };

async function speak(client: Synthesizer): Promise<string> {
  const { spoken } = await hearSpeech(client, "hi");
  return ended(spoken, ({ samples }) => samples === SAMPLES);
}

function ended<T>(outcome: Outcome<T>, isWhole: (value: T) => boolean): string {
  if (!outcome.ok) return outcome.failure.code;
  return isWhole(outcome.value) ? "whole" : "less than all";
}
