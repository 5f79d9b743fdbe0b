/** Every number of turn-taking in one place: value, unit in the name, reason and source in the comment. */
export const TURN_TUNING = {
  /** Probability above which a frame begins speech. Silero's own recommendation and what most systems ship. */
  speechOnsetProbability: 0.5,
  /** Probability below which a frame is silence once speech has begun. 0.15 of hysteresis, as Silero's reference iterator has it. */
  speechOffsetProbability: 0.35,
  /** Frames in a row above the onset before speech is believed: 64 ms. One frame lets clicks and plosive noise through. */
  onsetFrames: 2,
  /** Silence after which the transcript, the reply and its first sentence are made in advance. Short, because being wrong costs only CPU. */
  pauseMs: 128,
  /** Silence after which the turn is over. People leave about 200 ms between turns and pause up to 400 ms inside one. */
  endSilenceMs: 480,
  /** Audio kept before the onset, so that no first syllable is lost. pipecat and LiveKit ship 500 ms as well. */
  preRollMs: 500,
  /** Silence kept after the end of speech for the recognizer, which likes to hear that the word is over. */
  postRollMs: 128,
  /** Speech over a reply lasting at least this long is an interruption; shorter sounds only duck it. vellum ships 250 ms. */
  interruptionMs: 256,
  /** Amplitude ratio of the reply while an interruption is not yet certain: -12 dB. */
  duckRatio: 0.25,
  /** Longest wait for a transcript once the turn is over, before the turn is given up. */
  transcriptTimeoutMs: 8_000,
  /** Pause between two partial transcripts while the user speaks. */
  partialIntervalMs: 400,
  /** A pause after this much speech closes a segment, whose transcript is then kept and not made again. */
  segmentMs: 8_000,
  /** A segment without any pause is cut at its quietest frame after this time. Moonshine's accuracy falls on long input. */
  longestSegmentMs: 20_000,
} as const;
