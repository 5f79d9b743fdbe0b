/**
 * What each of END_OF_TURN_FEATURES adds to the log-odds of the end of a turn. Fitted on the half of the labelled turns that is for tuning,
 * by `node bench/turns/fit-end-of-turn.ts`.
 */
export const END_OF_TURN_WEIGHTS: { readonly bias: number; readonly weights: readonly number[] } = {
  bias: -0.917,
  weights: [
    // log-odds of a comma or the like
    -0.597,
    // holds back
    -2.115,
    // asks, orders or answers
    0.061,
    // mean log probability of the tokens
    1.431,
    // pitch change
    -5.397,
    // log of the speaking time, when it neither asks, orders nor answers
    4.896,
  ],
};
