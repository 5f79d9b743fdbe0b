/**
 * What each of END_OF_TURN_FEATURES adds to the log-odds of the end of a turn. Fitted on the half of the labelled turns that is for tuning,
 * by `node bench/turns/fit-end-of-turn.ts`.
 */
export const END_OF_TURN_WEIGHTS: { readonly bias: number; readonly weights: readonly number[] } = {
  bias: -0.236,
  weights: [
    // log-odds of a comma or the like
    -0.269,
    // holds back
    -2.431,
    // asks, orders or answers
    0.422,
    // tells something short and whole
    1.483,
    // mean log probability of the tokens
    0.818,
    // pitch change
    -4.319,
    // log of the speaking time, when it is not known to be whole
    4.318,
  ],
};
