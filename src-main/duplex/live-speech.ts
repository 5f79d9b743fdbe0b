import { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { StreamPlayer } from "../turn/ports.ts";

/** The stream player, for a reply that is made while it is heard. */
export interface LivePlayer extends Omit<StreamPlayer, "begin"> {
  /** See {@link StreamPlayer}. `isLive`: a backlog is caught up with by playing a little faster. */
  begin(start?: { readonly isLive?: boolean }): number;
}

/** A sample of the sound, by its place in the player. */
export interface SpeechPosition {
  readonly generation: number;
  readonly sample: number;
}

/** No generation: nothing may be written or read. */
const VOID_GENERATION = 0;
/** After so long without sound, what comes next is a reply of its own: how fast sound came before says nothing about it. */
const LONGEST_GAP_MS = 500;
/** -40 dBFS: a voice is louder, the noise of a voice codec is not. */
const QUIET_AMPLITUDE = 0.01;
/** A voice that was quiet for so long has paused. */
const PAUSE_MS = 480;
/** Nobody is made to be silent for longer than this. */
const LONGEST_HUSH_MS = 10_000;

/**
 * Plays sound that comes without an end as one long reply. Main thread; never blocks: what does not fit into the player's ring is counted.
 * While another reply has the player, the sound is not heard.
 */
export class LiveSpeech {
  readonly #player: LivePlayer;
  readonly #ring: PcmRing;
  readonly #nowMs: () => number;
  readonly #mayGoOn: () => boolean;
  #generation = VOID_GENERATION;
  #writtenSamples = 0;
  #lastWriteAtMs = 0;
  /** The latest reply of the player that is over. */
  #endedGeneration = VOID_GENERATION;
  #hush: { readonly sinceMs: number; quietSinceMs: number } | undefined;
  #isPaused = false;

  /** `mayGoOn`: whether hushed speech is heard again after a pause. */
  constructor(player: LivePlayer, nowMs: () => number, mayGoOn: () => boolean) {
    this.#player = player;
    this.#ring = new PcmRing(player.ring, nowMs);
    this.#nowMs = nowMs;
    this.#mayGoOn = mayGoOn;
  }

  /** Whether what comes is left out until the voice has paused. */
  get isHushed(): boolean {
    return this.#hush !== undefined;
  }

  /** Where the next sample will be; undefined while what comes is not heard. */
  get position(): SpeechPosition | undefined {
    if (this.#hush || !this.#open()) return undefined;
    return { generation: this.#generation, sample: this.#writtenSamples };
  }

  /** Takes mono samples at PLAYBACK_RATE_HZ. Returns how many of them were left out because the player's ring is full. */
  write(pcm: Float32Array): number {
    const isLoud = isVoice(pcm);
    if (this.#staysHushed(isLoud) || !this.#open()) return 0;
    const count = Math.max(0, this.#ring.write(pcm, 0, pcm.length, this.#generation));
    this.#writtenSamples += count;
    this.#lastWriteAtMs = this.#nowMs();
    return pcm.length - count;
  }

  /** Silence at once, and until the voice has paused by itself and may go on. */
  hush(): void {
    this.#flush();
    const nowMs = this.#nowMs();
    this.#hush = { sinceMs: nowMs, quietSinceMs: nowMs };
  }

  /** What comes is heard again. */
  endHush(): void {
    this.#hush = undefined;
  }

  /** Paused: silence at once; what comes is not heard. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#flush();
  }

  /** Silence at once. What comes next is heard. */
  reset(): void {
    this.#flush();
    this.#hush = undefined;
  }

  /** The player is done with a reply, of whomever. */
  noteEnd(generation: number): void {
    this.#endedGeneration = generation;
  }

  /** Whether there is a reply to write to. Makes one where that is possible. */
  #open(): boolean {
    if (this.#isPaused) return false;
    const { generation } = this.#ring;
    const isOurs = generation === this.#generation && generation !== this.#endedGeneration;
    if (isOurs && generation !== VOID_GENERATION && !this.#hasRunDry) return true;
    if (!isOurs && generation !== VOID_GENERATION && generation !== this.#endedGeneration) return false;
    this.#generation = this.#player.begin({ isLive: true });
    this.#ring.beginWriting(this.#generation);
    this.#player.release(this.#generation);
    this.#writtenSamples = 0;
    this.#lastWriteAtMs = this.#nowMs();
    return true;
  }

  get #hasRunDry(): boolean {
    return (
      this.#writtenSamples > 0 &&
      this.#nowMs() - this.#lastWriteAtMs > LONGEST_GAP_MS &&
      this.#ring.availableSamples === 0
    );
  }

  #staysHushed(isLoud: boolean): boolean {
    const hush = this.#hush;
    if (!hush) return false;
    const nowMs = this.#nowMs();
    if (isLoud) hush.quietSinceMs = nowMs;
    if (nowMs - hush.quietSinceMs < PAUSE_MS && nowMs - hush.sinceMs < LONGEST_HUSH_MS) return true;
    if (!this.#mayGoOn()) return true;
    this.endHush();
    return false;
  }

  #flush(): void {
    const { generation } = this.#ring;
    if (generation !== VOID_GENERATION && generation === this.#generation) this.#player.flush();
    this.#generation = VOID_GENERATION;
  }
}

/** Whether somebody speaks in it, as opposed to the noise of a codec. */
export function isVoice(pcm: Float32Array): boolean {
  return pcm.some((sample) => Math.abs(sample) > QUIET_AMPLITUDE);
}
