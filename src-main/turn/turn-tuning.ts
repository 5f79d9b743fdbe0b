/** Every number of turn-taking in one place: value, unit in the name, reason and source in the comment. */
export const TURN_TUNING = {
  /** Probability above which a frame begins speech. Silero's own recommendation and what most systems ship. */
  speechOnsetProbability: 0.5,
  /**
   * Probability below which a frame is silence once speech has begun. Silero's reference iterator has 0.15 of hysteresis; that costs 75 ms at the
   * end of speech, and more in noise, while a pause seen too early costs only work, because words decide.
   */
  speechOffsetProbability: 0.45,
  /** Frames in a row above the onset before speech is believed: 64 ms. One frame lets clicks and plosive noise through. */
  onsetFrames: 2,
  /**
   * A single frame of this probability ends a pause: a word that is seen too late gets an answer into the user's turn. Less certain ones end
   * it as they begin speech, because in noise speech fades out in them.
   */
  resumeProbability: 0.9,
  /** Silence after which the transcript, the reply and its first sentence are made in advance. Short, because being wrong costs only CPU. */
  pauseMs: 64,
  /** Audio kept before the onset, so that no first syllable is lost. pipecat and LiveKit ship 500 ms as well. */
  preRollMs: 500,
  /** Speech over a reply that is not understood after so long holds it. Sooner pauses it for longer at every backchannel, which is understood once it pauses. */
  holdAfterMs: 280,
  /** Speech over a reply that is over in less than this does not hold it: "stop" takes 200 ms. */
  briefNoiseMs: 160,
  /** A reply that was ducked or held for so long, without words that explain it, goes on. LiveKit waits 2.0 s as well. */
  interruptionTimeoutMs: 1_900,
  /** Who speaks within this time from the first sound of a reply was not done yet: the reply came too early. */
  cutOffMs: 700,
  /** What begins within this time after a decision, and before the reply is heard, belongs to the turn. People react to something after 200 ms. */
  sameBreathMs: 200,
  /** First look at what is said over a reply, and pause between two looks. A stop phrase should be known before it is over. */
  attendIntervalMs: 160,
  /** Audio before speech over a reply that its recognition begins with: the "s" of "stop" is no speech to a detector. Not more, because it holds what is left of the echo. */
  attendLeadMs: 350,
  /** Audio after it: "stop" has a silence of 100 ms before its last sound. */
  attendTailMs: 160,
  /** What was said shortly after the end of playback may be its echo. eliza and others guard 1.5 s. */
  echoTailMs: 1_500,
  /** An echo may seem to begin before its sound: the output tells late that it is heard. */
  echoLeadMs: 150,
  /** What was said over this time may be echoed. */
  spokenTextMs: 6_000,
  /** An answer that has not begun after this time is announced by a word. */
  acknowledgeMs: 1_500,
  /** After a reply the wake phrase may be left out for so long; longer when the reply asked something, or the phrase was said alone. */
  followUpMs: 4_000,
  questionFollowUpMs: 8_000,
  calledFollowUpMs: 8_000,
  /** What begins so short a time before the end of a reply answers it. People begin to speak up to half a second before the other has finished. */
  earlyAnswerMs: 500,
  /** Talk that is not known to be meant for the assistant holds announcements back for so long. A request with its wake phrase is shorter. */
  unheededTalkMs: 6_000,
  /**
   * How much the odds of the end rise when a skill knows what is wanted: by 3.5 fitted on all pauses of the labelled turns for tuning, by 10
   * without those under 0.2 s. At 4.5, 58 instead of 33 of 64 such ends are answered at once, and no pause over 0.2 s.
   */
  understoodOddsRatio: 4.5,
  /** Shorter pauses inside a turn say nothing about the user's habit. */
  shortestHabitMs: 300,
  /** A longer pause is the habit at once; after a shorter one, and after a turn in one go, it comes so much of the way down. */
  habitShare: 0.04,
  /** With echo left, speech over a reply and until echoTailMs after it must be this certain, for so many frames. eliza and scout-speak do about the same. */
  guardedOnsetProbability: 0.8,
  guardedOnsetFrames: 4,
  /** Amplitude ratio of the reply while an interruption is not yet certain: -12 dB. */
  duckRatio: 0.25,
  /**
   * A transcript whose tokens are less likely than this, in the mean of their natural logarithms, is a guess at sounds that were no words.
   * Understood speech has -0.25 (at 10 dB of noise down to -0.8), what is made of babble mostly -1.5 and less.
   */
  leastMeanLogProbability: -1.2,
  /** Longest wait for a transcript once the turn is over, before the turn is given up. */
  transcriptTimeoutMs: 8_000,
  /** Pause between two partial transcripts while the user speaks. */
  partialIntervalMs: 400,
  /** A pause after this much speech closes a segment, whose transcript is then kept and not made again. */
  segmentMs: 8_000,
  /** A segment without any pause is cut at its quietest frame after this time. Moonshine's accuracy falls on long input. */
  longestSegmentMs: 20_000,
} as const;
