/**
 * What each of END_OF_TURN_FEATURES adds to the log-odds of the end of a turn. Fitted on the half of the labelled turns that is for tuning,
 * by `node bench/turns/fit-end-of-turn.ts`.
 */
export const END_OF_TURN_WEIGHTS: { readonly bias: number; readonly weights: readonly number[] } = {
  bias: -0.647,
  weights: [
    // log-odds of a comma or the like
    -0.25,
    // holds back
    -1.76,
    // mean log probability of the tokens
    0.992,
    // log-odds by the prosody
    0.406,
    // log of the speaking time, when it neither asks, orders nor answers
    3.148,
    // log-odds of an end before the last word
    -0.254,
  ],
};
