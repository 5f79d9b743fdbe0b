import { FailureError, type Failure } from "../../src-shared/failure.ts";
import type { WorkerStreamPlayer } from "../play/worker-stream-player.ts";

/** Aborts once the output of a player fails: a command has no other one, and nothing that it plays will be heard. */
export function untilOutputFails(player: WorkerStreamPlayer): AbortSignal {
  const failing = new AbortController();
  player.onEvent((event) => {
    if (event.kind === "output-failed") failing.abort(new FailureError(event.failure));
  });
  return failing.signal;
}

/** Why the output failed; undefined where it has not. */
export function outputFailure({ reason }: AbortSignal): Failure | undefined {
  return reason instanceof FailureError ? reason.failure : undefined;
}
