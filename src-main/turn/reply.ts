import type { Failure } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { GrowingText } from "./growing-text.ts";
import { heardText } from "./heard-text.ts";
import type { ReplyPart, SpeechEvent, SpeechTarget, SpokenWord, StreamPlayer, Synthesizer, TurnKey } from "./ports.ts";
import { speakSentences } from "./speak-sentences.ts";

/** What a reply tells while it is made. Times on the session clock. */
export type ReplyEvent =
  /** The reply's text so far. */
  | { readonly kind: "text"; readonly text: string; readonly isUnderstood: boolean }
  /** The first words, or a sentence, are about to be spoken. */
  | { readonly kind: "sentence" }
  | { readonly kind: "spoken"; readonly firstPcmAtMs: number }
  /** It did something that cannot be taken back. */
  | { readonly kind: "acted" }
  | { readonly kind: "failure"; readonly failure: Failure }
  /** The reply was released and ended without anything to play. */
  | { readonly kind: "silent" };

/** How to speak, read anew for every sentence. */
export type SpeakingStyle = Pick<SpeechTarget, "voice" | "rateRatio">;

/** What a reply needs to be spoken. */
export interface ReplyStages {
  readonly synthesizer: Synthesizer;
  readonly player: StreamPlayer;
  readonly style: () => SpeakingStyle;
}

/**
 * One reply on its way from text to the player: has it synthesized into the player's ring while it grows, word by word or in sentences as
 * the synthesizer wants it, and holds effects back until it is released. Speculative until then: nothing of it is heard, nothing it does has happened.
 */
export class Reply {
  readonly key: TurnKey;
  readonly #stages: ReplyStages;
  readonly #onEvent: (event: ReplyEvent) => void;
  readonly #abort = new AbortController();
  readonly #text = new GrowingText();
  readonly #words: SpokenWord[] = [];
  #effects: (() => void)[] = [];
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
    return this.#text.soFar;
  }

  /** Whether a word of its own is being said before the reply. */
  get saysAside(): boolean {
    return this.#aside !== undefined;
  }

  /** Makes the reply out of its parts. `parts` gets the signal that ends it. */
  async run(parts: (signal: AbortSignal) => AsyncIterable<ReplyPart>): Promise<void> {
    const { signal } = this.#abort;
    try {
      for await (const part of parts(signal)) {
        if (signal.aborted) return;
        this.#take(part);
      }
    } finally {
      this.#text.end();
    }
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
    if (this.text === "") this.#speaking = this.#speaking.then(() => this.#speakAside(sentence));
  }

  /** The player is done with this generation. Whether that was the word before the reply. */
  playbackEnded(generation: number): boolean {
    if (generation !== this.#aside?.generation) return false;
    this.#aside.end();
    return true;
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
    return heardText(this.text, this.#words, playedSamples);
  }

  #endIfSilent(): void {
    if (this.#released && this.#complete && this.#generation === undefined) this.#onEvent({ kind: "silent" });
  }

  #take(part: ReplyPart): void {
    switch (part.kind) {
      case "text":
        if (part.text === "") return;
        if (this.text === "") this.#speaking = this.#speaking.then(() => this.#speak());
        this.#text.push(part.text);
        this.#onEvent({ kind: "text", text: this.text, isUnderstood: part.isUnderstood === true });
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

  async #speak(): Promise<void> {
    const { synthesizer, player } = this.#stages;
    const { signal } = this.#abort;
    if (signal.aborted) return;
    const request = {
      text: this.#text,
      begin: () => this.#begin(),
      tell: (event: SpeechEvent) => (event.kind === "word" ? void this.#words.push(event) : this.#onEvent(event)),
    };
    const spoken = await (synthesizer.speakGrowing?.(request, signal) ?? speakSentences(synthesizer, request, signal));
    if (signal.aborted) return;
    if (!spoken.ok) this.#onEvent({ kind: "failure", failure: spoken.failure });
    if (this.#generation === undefined) return;
    // What had arrived before a failure is played to its end.
    const written = new PcmRing(player.ring).writtenSamples(this.#generation);
    this.#totalSamples = spoken.ok ? Math.max(spoken.value, written) : written;
  }

  #begin(): SpeechTarget {
    const { player, style } = this.#stages;
    this.#onEvent({ kind: "sentence" });
    if (this.#generation === undefined) {
      this.#generation = player.begin();
      if (this.#held) player.pause(this.#generation);
      if (this.#released) player.release(this.#generation);
    }
    return { ...style(), ring: player.ring, generation: this.#generation };
  }
}
