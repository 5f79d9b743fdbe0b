/** Why what a field holds cannot be saved: nothing is written yet (`no-…`), or what is written is wrong. */
export type FieldProblem =
  | "no-program"
  | "no-address"
  | "open-quote"
  | "bad-address"
  | "bad-http-address"
  | "bad-http-addresses"
  | "bad-wake-phrase";
