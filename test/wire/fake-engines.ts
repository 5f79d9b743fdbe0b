import { FailureError, succeeded, type Failure, type Outcome } from "../../src-shared/failure.ts";
import { STEP_SAMPLES, type ServedConversation } from "../../src-main/wire/served-conversation.ts";
import type {
  Listener,
  ListenerEvent,
  ServedEngines,
  SpokenPiece,
  SpokenStyle,
  TimedTranscript,
} from "../../src-main/wire/served-engines.ts";

/** A stream that a test hears through {@link FakeEngines}. */
export interface FakeListening {
  readonly tell: (event: ListenerEvent) => void;
  /** All that was written. */
  readonly written: Float32Array[];
  flushes: number;
  isClosed: boolean;
}

/** A conversation that a test has through {@link FakeEngines}: it says what it hears, and in every third step a word. */
export class FakeConversation implements ServedConversation {
  readonly voice: string;
  readonly heard: Float32Array[] = [];
  isClosed = false;
  /** Awaited before each step. */
  beforeStep: () => Promise<void> | void = () => undefined;

  constructor(voice: string) {
    this.voice = voice;
  }

  async step(input: Float32Array) {
    await this.beforeStep();
    if (input.length !== STEP_SAMPLES || this.isClosed) throw new Error("no step is like that");
    this.heard.push(input.slice());
    return { output: input.slice(), text: this.heard.length % 3 === 0 ? [` word${this.heard.length}`] : [] };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** Engines that say and hear what a test wants. */
export class FakeEngines implements ServedEngines {
  readonly voices = ["slt", "kal"];
  readonly listenings: FakeListening[] = [];
  /** What was to be written down. */
  readonly recordings: Uint8Array[] = [];
  readonly styles: SpokenStyle[] = [];
  readonly spokenTexts: string[] = [];
  /** Called at each flush, before it resolves. */
  onFlush: (listening: FakeListening) => Promise<void> | void = () => undefined;
  /** Called at each write. */
  onWrite: (listening: FakeListening, pcm: Float32Array) => void = () => undefined;
  transcript: TimedTranscript = { text: "", durationMs: 0, segments: [] };
  /** Samples of each word that is spoken. */
  samplesOfWord = 2_400;
  /** Thrown after so many words. */
  failure: { readonly afterWords: number; readonly failure: Failure } | undefined;
  readonly conversations: FakeConversation[] = [];
  /** In place of a conversation. */
  conversationFailure: Failure | undefined;
  /** Awaited before each word is spoken. */
  beforeWord: () => Promise<void> | void = () => undefined;

  listen(onEvent: (event: ListenerEvent) => void): Listener {
    const listening: FakeListening = { tell: onEvent, written: [], flushes: 0, isClosed: false };
    this.listenings.push(listening);
    return {
      write: (pcm) => {
        listening.written.push(pcm.slice());
        this.onWrite(listening, pcm);
      },
      bufferedSamples: 0,
      flush: async () => {
        listening.flushes += 1;
        await this.onFlush(listening);
      },
      close: () => void (listening.isClosed = true),
    };
  }

  async transcribe(recording: Uint8Array): Promise<Outcome<TimedTranscript>> {
    this.recordings.push(recording);
    return succeeded(this.transcript);
  }

  async converse({ voice }: { readonly voice: string }): Promise<Outcome<ServedConversation>> {
    if (this.conversationFailure) return { ok: false, failure: this.conversationFailure };
    const conversation = new FakeConversation(voice);
    this.conversations.push(conversation);
    return succeeded(conversation);
  }

  async *speak(text: AsyncIterable<string>, style: SpokenStyle, signal: AbortSignal): AsyncGenerator<SpokenPiece> {
    this.styles.push(style);
    let words = 0;
    for await (const part of text) {
      this.spokenTexts.push(part);
      for (const word of part.match(/\S+/g) ?? []) {
        await this.beforeWord();
        signal.throwIfAborted();
        if (this.failure?.afterWords === words) throw new FailureError(this.failure.failure);
        const startMs = (words * this.samplesOfWord) / 24;
        words += 1;
        yield {
          pcm: spokenWord(words, this.samplesOfWord),
          words: [{ text: word, startMs, endMs: (words * this.samplesOfWord) / 24 }],
        };
      }
    }
  }
}

/** What {@link FakeEngines} says as its `number`th word: a level of its own. */
export function spokenWord(number: number, samples: number): Float32Array {
  return new Float32Array(samples).fill(number / 100);
}
