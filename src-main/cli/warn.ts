import { userSentence, type Failure } from "../../src-shared/failure.ts";

/** Says a failure that does not end the command, in one line on standard error. */
export function warn({ code, detail }: Failure): void {
  console.error(`repartee: warning: ${userSentence(code)} (${detail})`);
}
