import { FailureError, type Outcome } from "../../src-shared/failure.ts";

/** The value of an outcome; a failure is thrown, to become one line and exit code 1 at the command's edge. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new FailureError(outcome.failure);
  return outcome.value;
}
