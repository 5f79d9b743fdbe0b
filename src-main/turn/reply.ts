import type { Failure } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { heardText, type SpokenSegment } from "./heard-text.ts";
import type { ReplyPart, StreamPlayer, Synthesizer, TurnKey } from "./ports.ts";
import { SentenceSplitter } from "./split-sentences.ts";

/** What a reply tells while it is made. Times on the session clock. */
export type ReplyEvent =
  /** The reply's text so far. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "sentence" }
  | { readonly kind: "spoken"; readonly firstPcmAtMs: number }
  /** It did something that cannot be taken back. */
  | { readonly kind: "acted" }
  | { readonly kind: "failure"; readonly failure: Failure }
  /** The reply was released and ended without anything to play. */
  | { readonly kind: "silent" };

/** How to speak, read anew for every sentence. */
export interface SpeakingStyle {
  readonly voice: string;
  readonly rateRatio: number;
}

/** What a reply needs to be spoken. */
export interface ReplyStages {
  readonly synthesizer: Synthesizer;
  readonly player: StreamPlayer;
  readonly style: () => SpeakingStyle;
}

/**
 * One reply on its way from text to the player: splits it into sentences, has them synthesized one after the other into the player's
 * ring, and holds effects back until it is released. Speculative until then: nothing of it is heard, nothing it does has happened.
 */
export class Reply {
  readonly key: TurnKey;
  readonly #stages: ReplyStages;
  readonly #onEvent: (event: ReplyEvent) => void;
  readonly #abort = new AbortController();
  readonly #splitter = new SentenceSplitter();
  readonly #segments: SpokenSegment[] = [];
  #effects: (() => void)[] = [];
  #text = "";
  #totalSamples = 0;
  #generation: number | undefined;
  #aside: { readonly generation: number; readonly end: () => void } | undefined;
  #released = false;
  #held = false;
  #complete = false;
  #speaking: Promise<void> = Promise.resolve();

  constructor(key: TurnKey, stages: ReplyStages, onEvent: (event: ReplyEvent) => void) {
    this.key = key;
    this.#stages = stages;
    this.#onEvent = onEvent;
  }

  /** The player's generation of this reply, once it has something to play. */
  get generation(): number | undefined {
    return this.#generation;
  }

  get text(): string {
    return this.#text;
  }

  /** Makes the reply out of its parts. `parts` gets the signal that ends it. */
  async run(parts: (signal: AbortSignal) => AsyncIterable<ReplyPart>): Promise<void> {
    const { signal } = this.#abort;
    for await (const part of parts(signal)) {
      if (signal.aborted) return;
      this.#take(part);
    }
    for (const sentence of this.#splitter.finish()) this.#say(sentence);
    await this.#speaking;
    if (signal.aborted) return;
    this.#complete = true;
    if (this.#generation !== undefined) this.#stages.player.end(this.#generation, this.#totalSamples);
    this.#endIfSilent();
  }

  /** The turn is decided: runs the effects so far, and lets the reply be heard. */
  release(): void {
    this.#released = true;
    for (const run of this.#effects) this.#act(run);
    this.#effects = [];
    if (this.#generation !== undefined) this.#stages.player.release(this.#generation);
    this.#endIfSilent();
  }

  /** Holds the reply at the sample that is next, or lets it go on from there. */
  setHeld(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    const generation = this.#aside?.generation ?? this.#generation;
    if (generation === undefined) return;
    if (held) this.#stages.player.pause(generation);
    else this.#stages.player.resume(generation);
  }

  /** Says a word of its own before the reply, which waits for it, unless the reply has begun. It is no part of the reply. */
  acknowledge(sentence: string): void {
    if (this.#text === "") this.#speaking = this.#speaking.then(() => this.#speakAside(sentence));
  }

  /** The player is done with this generation. */
  playbackEnded(generation: number): void {
    if (generation === this.#aside?.generation) this.#aside.end();
  }

  /** Ends the reply: nothing more of it is made or heard. */
  cancel(): void {
    this.#abort.abort();
    this.#effects = [];
    if (this.#aside || this.#generation !== undefined) this.#stages.player.flush();
    this.#aside?.end();
  }

  /** The part of the text that was heard after `playedSamples` of this reply. */
  heard(playedSamples: number): string {
    return heardText(this.#text, this.#segments, playedSamples);
  }

  #endIfSilent(): void {
    if (this.#released && this.#complete && this.#generation === undefined) this.#onEvent({ kind: "silent" });
  }

  #take(part: ReplyPart): void {
    switch (part.kind) {
      case "text":
        this.#text += part.text;
        this.#onEvent({ kind: "text", text: this.#text });
        for (const sentence of this.#splitter.push(part.text)) this.#say(sentence);
        return;
      case "effect":
        if (this.#released) this.#act(part.run);
        else this.#effects.push(part.run);
        return;
      case "failure":
        this.#onEvent({ kind: "failure", failure: part.failure });
        return;
    }
  }

  #act(run: () => void): void {
    run();
    this.#onEvent({ kind: "acted" });
  }

  #say(sentence: string): void {
    this.#onEvent({ kind: "sentence" });
    this.#speaking = this.#speaking.then(() => this.#speak(sentence));
  }

  async #speakAside(text: string): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const { synthesizer, player, style } = this.#stages;
    const generation = player.begin();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#aside = { generation, end };
    if (this.#held) player.pause(generation);
    const spoken = await synthesizer.speak({ text, ...style(), ring: player.ring, generation });
    if (!this.#abort.signal.aborted && spoken.ok && spoken.value.samples > 0) {
      player.end(generation, spoken.value.samples);
      player.release(generation);
      await ended;
    }
    this.#aside = undefined;
  }

  async #speak(text: string): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const { synthesizer, player, style } = this.#stages;
    if (this.#generation === undefined) {
      this.#generation = player.begin();
      if (this.#held) player.pause(this.#generation);
      if (this.#released) player.release(this.#generation);
    }
    const spoken = await synthesizer.speak({
      text,
      ...style(),
      ring: player.ring,
      generation: this.#generation,
    });
    if (this.#abort.signal.aborted) return;
    if (!spoken.ok) {
      // What had arrived is played to its end, and what follows begins behind it.
      this.#totalSamples = Math.max(this.#totalSamples, new PcmRing(player.ring).writtenSamples(this.#generation));
      this.#onEvent({ kind: "failure", failure: spoken.failure });
      return;
    }
    this.#segments.push({ text, startSample: this.#totalSamples, sentence: spoken.value });
    this.#totalSamples += spoken.value.samples;
    if (spoken.value.samples > 0) this.#onEvent({ kind: "spoken", firstPcmAtMs: spoken.value.firstPcmAtMs });
  }
}
