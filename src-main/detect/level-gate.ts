/** Speech does not fall this far below its loudest frames, except at its end: final sounds of words are 20 dB down at most. */
const DEPTH_DB = 25;
/** How fast what was loud is forgotten while the gate is shut: somebody 30 dB quieter is heard again after a second. */
const FALL_DB_PER_FRAME = 0.2;
/** The level of a frame counts as that of speech from this probability on. */
const SPEECH_PROBABILITY = 0.5;

/**
 * Shuts as soon as the level falls to silence after speech. A voice detector needs about 90 ms for that, because it looks back; the level
 * falls within one frame. In noise the level never falls that far, and the detector's word counts alone. Pure.
 */
export class LevelGate {
  #loudestDb = Number.NEGATIVE_INFINITY;

  /** The speech probability of `frame` (mono samples in [-1, 1]), or 0 when the frame is silent beside the speech before it. */
  pass(frame: Float32Array, probability: number): number {
    const levelDb = levelOf(frame);
    const isShut = levelDb < this.#loudestDb - DEPTH_DB;
    if (isShut || probability < SPEECH_PROBABILITY) this.#loudestDb -= FALL_DB_PER_FRAME;
    else this.#loudestDb = Math.max(this.#loudestDb, levelDb);
    return isShut ? 0 : probability;
  }
}

/** Root mean square in dBFS. */
function levelOf(frame: Float32Array): number {
  let squares = 0;
  for (const sample of frame) squares += sample * sample;
  return 10 * Math.log10(squares / frame.length);
}
