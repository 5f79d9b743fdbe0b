import { CAPTURE_RATE_HZ, RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failure, succeeded, type Failure } from "../../../src-shared/failure.ts";
import { StreamingResampler } from "../../streaming-resampler.ts";
import type { EndOfTurnPredictor } from "../../turn/ports.ts";
import { SemanticVad } from "./semantic-vad.ts";
import { SttConnection, type SttServerAddress } from "./stt-connection.ts";

/** Longest wait until the server has heard the pause. */
const LONGEST_WAIT_MS = 250;
const LOOK_MS = 10;
/** The latest step may lag so far behind what was sent: a frame that is not full, and one on its way. */
const LAG_MS = 160;
/** No attempt to connect again sooner. */
const RECONNECT_MS = 5_000;
/** Models without a head for pauses tell nothing of them. */
const SILENT = failure("source-timeout", "detect", "the recognition server tells nothing of pauses", true);
const LATE = failure("source-timeout", "detect", "the recognition server has not yet heard the pause", true);
const NOT_YET = failure("source-unreachable", "detect", "the recognition server is not connected yet", true);

/**
 * Decides by a moshi-server's probabilities of pauses, to which the microphone is streamed all the time: index 2, above 0.6 a pause until below
 * 0.4. A connection that was lost is opened again; a server that tells nothing of pauses, or too late, is a failure. Codes:
 * source-unreachable, source-refused, source-timeout, source-lost, protocol-error.
 */
export function createMoshiEndOfTurn(address: SttServerAddress): EndOfTurnPredictor {
  const closing = new AbortController();
  let connection: SttConnection | undefined;
  let problem: Failure | undefined;
  let vad = new SemanticVad();
  let resampler: StreamingResampler | undefined;
  let triedAtMs = Number.NEGATIVE_INFINITY;

  const connect = async (): Promise<void> => {
    triedAtMs = performance.now();
    vad = new SemanticVad();
    resampler ??= await StreamingResampler.create(RECOGNITION_RATE_HZ, CAPTURE_RATE_HZ);
    const opened = await SttConnection.open(address, closing.signal, (probabilities) => vad.step(probabilities));
    connection = opened.ok ? opened.value : undefined;
    problem = opened.ok ? undefined : opened.failure;
    if (closing.signal.aborted) await connection?.close();
  };
  let connecting: Promise<void> | undefined;
  const keepConnected = (): void => {
    if (connection?.failure) {
      problem = connection.failure;
      connection = undefined;
    }
    if (connection || connecting || closing.signal.aborted || performance.now() - triedAtMs < RECONNECT_MS) return;
    connecting = connect()
      .catch(() => undefined)
      .finally(() => (connecting = undefined));
  };

  return {
    begin: () => undefined,
    hear(frame) {
      keepConnected();
      if (connection && resampler) void connection.send(resampler.process(frame));
    },
    async predict(_, signal) {
      const untilMs = performance.now() + LONGEST_WAIT_MS;
      const askedMs = connection?.sentMs ?? 0;
      const isBehind = (): boolean => connection !== undefined && connection.steppedMs + LAG_MS < askedMs;
      while (isBehind() && performance.now() < untilMs) {
        await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
        signal.throwIfAborted();
      }
      if (!connection) return { ok: false, failure: problem ?? NOT_YET };
      if (isBehind()) return { ok: false, failure: connection.steppedMs === 0 ? SILENT : LATE };
      const { probability, isPaused } = vad;
      // The turn machine knows no hysteresis: what counts as a pause is not less likely than its threshold.
      return succeeded(isPaused ? Math.max(probability, 0.6) : Math.min(probability, 0.6));
    },
    async close() {
      closing.abort();
      await connecting;
      await connection?.close();
      resampler?.finish();
    },
  };
}
