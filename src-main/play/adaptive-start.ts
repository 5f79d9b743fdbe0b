import type { SourcePace, StartPolicy } from "./start-policy.ts";

/** Playback may have to be this slow: the rest of the room down to 0.9 is for what cannot be foreseen. */
const PLANNED_SPEED = 0.95;
/** A message to the device and back, and one device block. */
const LEAST_CUSHION_MS = 40;
/** Cushion against jitter of a source that keeps up with real time but not more: what reference clients start with, */
const START_CUSHION_MS = 80;
/** and what it grows to, by playing slower, while playback goes on: Wi-Fi clumps are rarely longer. */
const FULL_CUSHION_MS = 150;
/** From this many times real time on, a source needs no cushion against jitter that has not been seen. */
const FAST_RATE = 2;
/** A rate above real time is judged as if the observation had been this much longer, so that two pieces in one instant prove nothing. */
const CAUTION_MS = 20;
/** A first piece as long as this is played at once: waiting for a second one could take as long. */
const LONG_PIECE_MS = 300;
/** Without word from the source: a reply is thought to be at least this long, then to go on for as long again as it has, up to a limit. */
const USUAL_REPLY_MS = 4_000;
const LONGEST_GUESS_MS = 10_000;
/** After a gap the guess is shorter, and jitter counts up to a limit: a longer wait would only make the gap longer. */
const LONGEST_GUESS_IN_GAP_MS = 3_000;
const LONGEST_JITTER_IN_GAP_MS = 200;
const JITTER_BIN_MS = 5;
const JITTER_BINS = 400;
const MILLION = 1_000_000;

/**
 * Starts as soon as what waits lasts to the end. With `r` the rate at which audio arrives (audio ms per ms), `R` the audio still to come
 * and `J` the cushion against jitter (95th percentile of how late pieces were against that rate, at least 80 ms for a source that just keeps
 * up with real time, nothing for one that is twice as fast), playing at speed `s` needs `R (s / r - 1) + J s` of waiting audio:
 * playback ends after (waiting + R) / s, and the last piece comes after R / r, late by J at most. Playback starts when the need at speed 0.95 is met, and
 * is slowed down to 0.9 while the need at speed 1 is not; a source at real time thus grows its cushion to 150 ms while it is heard. The rate is
 * the better of two lower bounds, audio since the request and audio since the first piece. Before there is a second piece, what the
 * reply before taught about the source counts; failing that, only a piece of 300 ms or more is played at once.
 * Source: fluid model of a playout buffer (Cruz 1991, "A calculus for network delay"), with the jitter quantile of Ramjee et al. 1994, "Adaptive
 * playout mechanisms for packetized audio"; using the tempo as part of the plan is our addition.
 */
export class AdaptiveStart implements StartPolicy {
  readonly #requestedAtMs: number;
  readonly #known: SourcePace | undefined;
  readonly #jitterBins = new Uint32Array(JITTER_BINS);
  #pieces = 0;
  #receivedMs = 0;
  #firstMs = 0;
  #firstAtMs = 0;
  #lastAtMs = 0;
  #lastPieceMs = 0;
  #latenessMs = 0;
  #jitterMs: number;
  #totalMs = Number.NaN;
  #isInGap = false;

  constructor(requestedAtMs: number, known?: SourcePace) {
    this.#requestedAtMs = requestedAtMs;
    this.#known = known;
    this.#jitterMs = known?.jitterMs ?? 0;
  }

  arrived(receivedMs: number, atMs: number): void {
    const pieceMs = receivedMs - this.#receivedMs;
    if (this.#pieces === 0) {
      this.#firstMs = receivedMs;
      this.#firstAtMs = atMs;
    } else {
      const expectedMs = this.#lastPieceMs / Math.min(1, this.#rateInMillionths(atMs) / MILLION || 1);
      this.#latenessMs = Math.max(0, this.#latenessMs + atMs - this.#lastAtMs - expectedMs);
      const bin = Math.min(JITTER_BINS - 1, Math.ceil(this.#latenessMs / JITTER_BIN_MS));
      this.#jitterBins[bin] = (this.#jitterBins[bin] as number) + 1;
    }
    this.#pieces++;
    if (this.#pieces > 1) this.#jitterMs = this.#jitterSeenMs();
    this.#receivedMs = receivedMs;
    this.#lastPieceMs = pieceMs;
    this.#lastAtMs = atMs;
  }

  expect(totalMs: number): void {
    this.#totalMs = totalMs;
  }

  starved(): void {
    this.#isInGap = true;
  }

  isReady(bufferedMs: number, nowMs: number): boolean {
    const rateInMillionths = this.#rateInMillionths(nowMs);
    const isReady =
      rateInMillionths === 0
        ? this.#pieces > 0 && bufferedMs >= LONG_PIECE_MS
        : bufferedMs >= Math.max(LEAST_CUSHION_MS, this.#neededMs(rateInMillionths, PLANNED_SPEED, START_CUSHION_MS));
    if (isReady) this.#isInGap = false;
    return isReady;
  }

  slowBelowMs(nowMs: number): number {
    return this.#neededMs(this.#rateInMillionths(nowMs) || MILLION, 1, FULL_CUSHION_MS);
  }

  get pace(): SourcePace | undefined {
    if (this.#pieces < 2) return undefined;
    return { rate: this.#rateSinceFirst(this.#lastAtMs), jitterMs: this.#jitterMs };
  }

  /** Whole ms from a whole rate: fractions that leave a function cost memory, and this is asked every few ms. */
  #neededMs(rateInMillionths: number, speed: number, leastCushionMs: number): number {
    const rate = rateInMillionths / MILLION;
    const cushionMs = leastCushionMs * Math.max(0, Math.min(1, FAST_RATE - rate));
    const seenMs = this.#isInGap ? Math.min(this.#jitterMs, LONGEST_JITTER_IN_GAP_MS) : this.#jitterMs;
    const trendMs = rate < speed ? this.#remainingMs() * (speed / rate - 1) : 0;
    return Math.round(trendMs + Math.max(cushionMs, seenMs) * speed);
  }

  #remainingMs(): number {
    if (!Number.isNaN(this.#totalMs)) return Math.max(0, this.#totalMs - this.#receivedMs);
    const mostMs = this.#isInGap ? LONGEST_GUESS_IN_GAP_MS : LONGEST_GUESS_MS;
    return Math.min(mostMs, Math.max(USUAL_REPLY_MS - this.#receivedMs, this.#receivedMs));
  }

  /** Audio that arrives per ms, in millionths of a ms and whole; 0 when nothing is known of it. */
  #rateInMillionths(nowMs: number): number {
    if (this.#pieces === 0) return 0;
    const sinceRequest = this.#receivedMs / (nowMs - this.#requestedAtMs + CAUTION_MS);
    if (this.#pieces === 1)
      return Math.ceil(MILLION * Math.max(this.#known?.rate ?? 0, sinceRequest >= 1 ? sinceRequest : 0));
    return Math.ceil(MILLION * Math.max(sinceRequest, this.#rateSinceFirst(nowMs)));
  }

  /** Between two pieces the rate does not fall before the next piece is overdue. */
  #rateSinceFirst(nowMs: number): number {
    const usualMs = (this.#lastAtMs - this.#firstAtMs) / (this.#pieces - 1);
    const observedMs = Math.max(this.#lastAtMs, nowMs - usualMs) - this.#firstAtMs;
    const audioMs = this.#receivedMs - this.#firstMs;
    return Math.max(Math.min(1, audioMs / observedMs), audioMs / (observedMs + CAUTION_MS));
  }

  #jitterSeenMs(): number {
    let above = 0;
    for (let bin = JITTER_BINS - 1; bin > 0; bin--) {
      above += this.#jitterBins[bin] as number;
      if (above > 0.05 * (this.#pieces - 1)) return bin * JITTER_BIN_MS;
    }
    return 0;
  }
}
