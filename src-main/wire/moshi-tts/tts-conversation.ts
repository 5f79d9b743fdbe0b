import { PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { cleanSamples } from "../../../src-shared/clean-samples.ts";
import { failed, failure, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { nowMs } from "../../session-clock.ts";
import type { GrowingSpeechRequest } from "../../turn/ports.ts";
import type { RingSpeech } from "../ring-speech.ts";
import type { SocketMessage } from "../socket-message.ts";
import type { WebSocketConnection } from "../web-socket-connection.ts";
import { SentWords } from "./sent-words.ts";
import { decodeTtsServerMessage, encodeTtsClientMessage, type TtsServerMessage } from "./tts-messages.ts";

/** What a conversation is about. */
export interface TtsConversationContext extends Pick<GrowingSpeechRequest, "text" | "tell"> {
  readonly speech: RingSpeech;
  /** Longest wait for the next sound while the server has something to say. */
  readonly silenceMs: number;
}

/** While the text grows, a server may wait for so many words before it goes on: for the end of a long sentence. */
const MOST_WORDS_AHEAD = 50;
/** More than what servers tell beside the longest speech. */
const MOST_SILENT_BYTES = 1024 * 1024;
const EOS = encodeTtsClientMessage({ type: "Eos" });

/** One text through one channel: sends its words as they are written, and plays what comes meanwhile. */
export class TtsConversation {
  readonly #connection: WebSocketConnection;
  readonly #context: TtsConversationContext;
  readonly #sent = new SentWords();
  #isTextOver = false;
  /** Since when the server has had something to say, as far as is known; undefined while it may be waiting for more text. */
  #owesSinceMs: number | undefined;
  #announcedMs = 0;
  #soundAtMs = nowMs();
  /** Of messages without sound. */
  #silentBytes = 0;

  constructor(connection: WebSocketConnection, context: TtsConversationContext) {
    this.#connection = connection;
    this.#context = context;
  }

  /** Resolves once the server has closed, which is how it ends, or with the failure. Throws the signal's reason when aborted. */
  async run(signal: AbortSignal): Promise<Failure | undefined> {
    void this.#send(signal);
    for (;;) {
      signal.throwIfAborted();
      const message = await this.#receive(signal);
      if (!message.ok) {
        // Some servers end without a goodbye. It was the end where every word was announced and heard.
        return message.failure.code === "source-lost" && this.#isWhole ? undefined : message.failure;
      }
      if (message.value === undefined) return this.#end();
      const decoded = typeof message.value === "string" ? undefined : decodeTtsServerMessage(message.value);
      if (!decoded?.ok) return this.#connection.abandon("sent what is no message");
      const isSound = decoded.value.type === "Audio" && decoded.value.pcm.length > 0;
      if (!isSound) this.#silentBytes += message.value.length;
      if (this.#silentBytes > MOST_SILENT_BYTES) return this.#connection.abandon("sends much that is not speech");
      const problem = await this.#take(decoded.value);
      if (problem) return problem;
    }
  }

  async #send(signal: AbortSignal): Promise<void> {
    for await (const piece of this.#context.text.read(0, signal)) {
      if (!this.#connection.isOpen) return;
      await this.#sendWords(this.#sent.push(piece));
    }
    if (signal.aborted || this.#context.speech.signal.aborted) return;
    await this.#sendWords(this.#sent.finish());
    this.#connection.send(EOS);
    this.#isTextOver = true;
    this.#noteDebt();
  }

  async #sendWords(words: string): Promise<void> {
    if (words === "" || this.#context.speech.signal.aborted) return;
    const isEnough = !this.#connection.send(words);
    this.#noteDebt();
    if (isEnough) await this.#connection.drained();
  }

  #noteDebt(): void {
    const owes = this.#isTextOver || this.#sent.unannounced > MOST_WORDS_AHEAD;
    this.#owesSinceMs = owes ? (this.#owesSinceMs ?? nowMs()) : undefined;
  }

  /** The next message. Time without sound counts while the server has something to say. */
  async #receive(signal: AbortSignal): Promise<Outcome<SocketMessage | undefined>> {
    for (;;) {
      const message = await this.#connection.receive(this.#patienceMs, signal);
      const isQuiet = !message.ok && message.failure.code === "source-timeout" && this.#connection.isOpen;
      if (!isQuiet) return message;
      if (this.#patienceMs > 0) continue;
      const detail = `the speech server sent no sound for ${this.#context.silenceMs / 1000} s`;
      return failed("source-timeout", "speak", detail, true);
    }
  }

  get #patienceMs(): number {
    const atMs = nowMs();
    return Math.max(this.#soundAtMs, this.#owesSinceMs ?? atMs) + this.#context.silenceMs - atMs;
  }

  async #take(said: TtsServerMessage | { readonly type: "Unknown" }): Promise<Failure | undefined> {
    const { speech, tell } = this.#context;
    if (said.type === "Audio") {
      if (samplesToMs(speech.samples, PLAYBACK_RATE_HZ) > this.#sent.longestMs)
        return this.#connection.abandon("sends more speech than the text can have");
      const isFirst = speech.samples === 0;
      await speech.write(cleanSamples(said.pcm));
      if (said.pcm.length > 0) this.#soundAtMs = nowMs();
      if (isFirst && speech.firstPcmAtMs !== undefined) tell({ kind: "spoken", firstPcmAtMs: speech.firstPcmAtMs });
    } else if (said.type === "Text" && said.text !== "" && !said.text.startsWith("<break")) {
      const endSample = speech.placeWord(said.text, said.stopMs);
      this.#announcedMs = said.stopMs;
      const textEnd = this.#sent.announce(said.text);
      if (textEnd !== undefined) tell({ kind: "word", textEnd, endSample });
      this.#noteDebt();
    } else if (said.type === "Error") {
      return failure("source-lost", "speak", "the speech server ended with an error", true);
    }
    return undefined;
  }

  get #isWhole(): boolean {
    const { samples } = this.#context.speech;
    return (
      this.#isTextOver && this.#sent.unannounced === 0 && samplesToMs(samples, PLAYBACK_RATE_HZ) >= this.#announcedMs
    );
  }

  #end(): Failure | undefined {
    const { speech, text, tell } = this.#context;
    if (speech.samples === 0)
      return failure("source-lost", "speak", "the speech server closed without any speech", true);
    if (!this.#isTextOver)
      return failure("source-lost", "speak", "the speech server closed before the text was over", true);
    tell({ kind: "word", textEnd: text.soFar.length, endSample: speech.samples });
    return undefined;
  }
}
