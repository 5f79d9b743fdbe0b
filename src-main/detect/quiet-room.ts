/** A frame this far above the quietest of late may hold somebody's voice. */
const MARGIN_DB = 3;
/** How fast the quietest is forgotten: a fan that starts 20 dB louder is the room's noise after 3 s. */
const RISE_DB_PER_FRAME = 0.2;
/** Nothing softer is heard: the last bit of a 16-bit microphone. */
const LEAST_DB = -100;
/** Hum and rumble do not count: a high-pass of the first order at 150 Hz, for 16 kHz. */
const HIGH_PASS = 0.943;
/** A room is quiet again when nothing like speech was heard for so many frames: a second. */
const HOLD_FRAMES = 31;
const SPEECHLIKE_PROBABILITY = 0.1;

/**
 * Tells the frames that are no louder than the room's own noise from those that a voice detector has to look at, so that an assistant that waits
 * for hours costs little. Within a second of what may have been speech any frame may hold more of it. Pure.
 */
export class QuietRoom {
  #floorDb = Number.POSITIVE_INFINITY;
  #framesToHold = HOLD_FRAMES;
  #lastSample = 0;
  #lastPassed = 0;

  /** Whether a frame (mono samples in [-1, 1]) holds nothing but the room. */
  isQuiet(frame: Float32Array): boolean {
    const levelDb = this.#levelDb(frame);
    if (Number.isNaN(levelDb)) return false;
    this.#floorDb = Math.max(LEAST_DB, Math.min(levelDb, this.#floorDb + RISE_DB_PER_FRAME));
    if (levelDb > this.#floorDb + MARGIN_DB) return false;
    return this.#framesToHold === 0;
  }

  /** The speech probability of a frame that was looked at. */
  judge(probability: number): void {
    if (probability >= SPEECHLIKE_PROBABILITY) this.#framesToHold = HOLD_FRAMES;
    else if (this.#framesToHold > 0) this.#framesToHold--;
  }

  #levelDb(frame: Float32Array): number {
    let [squares, before, passed] = [0, this.#lastSample, this.#lastPassed];
    for (const sample of frame) {
      passed = HIGH_PASS * (passed + sample - before);
      before = sample;
      squares += passed * passed;
    }
    if (Number.isFinite(squares)) [this.#lastSample, this.#lastPassed] = [before, passed];
    return 10 * Math.log10(squares / frame.length);
  }
}
