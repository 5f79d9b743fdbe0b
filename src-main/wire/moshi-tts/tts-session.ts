import { setImmediate as nextTurn } from "node:timers/promises";
import { msToSamples, PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { FailureError } from "../../../src-shared/failure.ts";
import type { ServedEngines, TimedWord } from "../served-engines.ts";
import type { ServerSocket } from "../server-socket.ts";
import type { ChannelMeter } from "../session-meters.ts";
import { splitTtsWords } from "./split-tts-words.ts";
import { decodeTtsClientMessage, encodeTtsServerMessage } from "./tts-messages.ts";
import { TTS_FRAME_SAMPLES, type TtsOutput } from "./tts-output.ts";
import { WordQueue } from "./word-queue.ts";

/** Words that may wait to be spoken; beyond them the client is held up. */
const MOST_WORDS = 2_000;

/** What a session needs. */
export interface TtsSessionContext {
  readonly engines: Pick<ServedEngines, "speak">;
  readonly voice: string;
  readonly output: TtsOutput;
  readonly meter: ChannelMeter;
}

/** One client of the speech server: words in, speech out while they come, and a close at the end. */
export class TtsSession {
  readonly #socket: ServerSocket;
  readonly #context: TtsSessionContext;
  readonly #words = new WordQueue((words) => this.#holdUp(words));
  readonly #frame = new Float32Array(TTS_FRAME_SAMPLES);
  #inFrame = 0;
  #samples = 0;
  #firstTextAtMs: number | undefined;
  #isFirstFrame = true;
  #stepAtMs = performance.now();
  #isHeldUp = false;
  #hasBegun = false;

  constructor(socket: ServerSocket, context: TtsSessionContext) {
    this.#socket = socket;
    this.#context = context;
  }

  /** Resolves once the client has everything, or has gone. */
  async run(): Promise<void> {
    const { output, meter } = this.#context;
    try {
      if (output.hasMessages) this.#socket.send(encodeTtsServerMessage({ type: "Ready" }));
      this.#socket.receive((message) => this.#take(message));
      void this.#socket.closed.then(() => this.#words.complete());
      await this.#speakAll();
    } catch (error) {
      if (!this.#socket.signal.aborted) await this.#fail(error);
    } finally {
      output.close();
      meter.close();
    }
    await this.#socket.close();
  }

  #take(message: Uint8Array | string): void {
    const decoded = typeof message === "string" ? undefined : decodeTtsClientMessage(message);
    if (decoded && !decoded.ok) return this.#socket.drop();
    const said = decoded?.value ?? { type: "Text", text: message as string };
    if (said.type === "Eos") this.#words.complete();
    if (said.type !== "Text") return;
    this.#firstTextAtMs ??= performance.now();
    this.#words.push(splitTtsWords(said.text));
  }

  #holdUp(words: number): void {
    const isTooMuch = words > (this.#isHeldUp ? MOST_WORDS / 2 : MOST_WORDS);
    if (isTooMuch === this.#isHeldUp) return;
    this.#isHeldUp = isTooMuch;
    if (isTooMuch) this.#socket.pause();
    else this.#socket.resume();
  }

  async #speakAll(): Promise<void> {
    for (let word = await this.#words.peek(); word; word = await this.#words.peek()) {
      if (!this.#socket.isOpen) return;
      if (!this.#hasBegun) await this.#send(this.#context.output.begin());
      this.#hasBegun = true;
      if (word.breakMs > 0) {
        this.#words.take();
        await this.#pause(word.text, word.breakMs);
      } else {
        await this.#speakUntilBreak();
      }
    }
    if (!this.#hasBegun || !this.#socket.isOpen) return;
    if (this.#inFrame > 0) await this.#write(new Float32Array(TTS_FRAME_SAMPLES - this.#inFrame));
    await this.#send(this.#context.output.end());
  }

  async #pause(text: string, lengthMs: number): Promise<void> {
    const startMs = samplesToMs(this.#samples, PLAYBACK_RATE_HZ);
    await this.#tell([{ text, startMs, endMs: startMs + lengthMs }], 0);
    await this.#write(new Float32Array(msToSamples(lengthMs, PLAYBACK_RATE_HZ)));
  }

  async #speakUntilBreak(): Promise<void> {
    const { engines, voice } = this.#context;
    const offsetMs = samplesToMs(this.#samples, PLAYBACK_RATE_HZ);
    const pieces = engines.speak(this.#words.untilBreak(), { voice, rateRatio: 1 }, this.#socket.signal);
    for await (const { pcm, words } of pieces) {
      if (!this.#socket.isOpen) return;
      await this.#tell(words, offsetMs);
      await this.#write(pcm);
    }
  }

  async #tell(words: readonly TimedWord[], offsetMs: number): Promise<void> {
    if (!this.#context.output.hasMessages) return;
    await this.#send(
      words.map(({ text, startMs, endMs }) =>
        encodeTtsServerMessage({ type: "Text", text, startMs: startMs + offsetMs, stopMs: endMs + offsetMs }),
      ),
    );
  }

  /** Sends what makes whole frames and keeps the rest. Others have their turn after each frame. */
  async #write(pcm: Float32Array): Promise<void> {
    this.#samples += pcm.length;
    for (let at = 0; at < pcm.length;) {
      const count = Math.min(pcm.length - at, TTS_FRAME_SAMPLES - this.#inFrame);
      this.#frame.set(pcm.subarray(at, at + count), this.#inFrame);
      at += count;
      this.#inFrame += count;
      if (this.#inFrame < TTS_FRAME_SAMPLES) return;
      this.#inFrame = 0;
      await this.#send(this.#context.output.frame(this.#frame));
      this.#measure();
      await nextTurn();
    }
  }

  async #send(messages: readonly Uint8Array[]): Promise<void> {
    for (const message of messages) {
      if (!this.#socket.send(message)) await this.#socket.drained();
    }
  }

  #measure(): void {
    const atMs = performance.now();
    const { meter } = this.#context;
    if (this.#isFirstFrame && this.#firstTextAtMs !== undefined) meter.firstAudio(atMs - this.#firstTextAtMs);
    this.#isFirstFrame = false;
    meter.step(atMs - this.#stepAtMs);
    this.#stepAtMs = atMs;
  }

  async #fail(error: unknown): Promise<void> {
    if (!(error instanceof FailureError)) throw error;
    if (this.#context.output.hasMessages) {
      this.#socket.send(encodeTtsServerMessage({ type: "Error", message: error.failure.detail }));
      await this.#socket.close();
    } else {
      this.#socket.drop();
    }
  }
}
