import { CAPTURE_FRAME_SAMPLES, FRAME_MS } from "../src-shared/audio-format.ts";
import type { MicrophoneFrame } from "../src-shared/assistant-contract.ts";
import type { TurnView } from "../src-shared/turn-view.ts";
import type { Assistant } from "./assistant/assistant.ts";
import type { MicrophoneSession } from "./assistant/assistant-parts.ts";
import { nowMs } from "./session-clock.ts";

/** Quiet time after the end of the input and of the last reply before the session is over. */
const SETTLE_MS = 1_200;
/** Longest wait for the last reply after the end of the input. */
const LONGEST_TAIL_MS = 60_000;

/** A conversation with recorded or piped audio as the microphone. */
export interface TalkSession {
  /** Mono samples at CAPTURE_RATE_HZ in pieces of any size. */
  readonly microphone: AsyncIterable<Float32Array> | Iterable<Float32Array>;
  /** Session time of the first sample: the zero of the time line. */
  readonly originAtMs: number;
  readonly onTurn: (turn: TurnView) => void;
  /** Gets every microphone frame as it is heard, the silence after the input included. */
  readonly onFrame?: (pcm: Float32Array) => void;
  readonly signal?: AbortSignal;
}

/**
 * Talks in real time: frame n is heard (n + 1) * 32 ms after the origin. After the input it listens on in silence until the assistant has
 * nothing more to say. The sink must have been attached with the same origin. Resolves with the turns, in order.
 */
export async function runTalkSession(assistant: Assistant, session: TalkSession): Promise<TurnView[]> {
  const turns: TurnView[] = [];
  assistant.onTurnEnded((turn) => {
    turns.push(turn);
    session.onTurn(turn);
  });
  const audio: MicrophoneSession = { onMicrophoneFrame: () => undefined };
  assistant.attachMicrophone(audio);
  let heardFrames = 0;
  const hear = async (pcm: Float32Array): Promise<void> => {
    const endedAtMs = session.originAtMs + ++heardFrames * FRAME_MS;
    const waitMs = endedAtMs - nowMs();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    session.onFrame?.(pcm);
    audio.onMicrophoneFrame({ pcm, endedAtMs } satisfies MicrophoneFrame);
  };
  for await (const frame of framesOf(session.microphone)) {
    if (session.signal?.aborted) return turns;
    await hear(frame);
  }
  const tailFromMs = nowMs();
  let quietSinceMs = tailFromMs;
  while (nowMs() - quietSinceMs < SETTLE_MS && nowMs() - tailFromMs < LONGEST_TAIL_MS && !session.signal?.aborted) {
    await hear(new Float32Array(CAPTURE_FRAME_SAMPLES));
    const { state } = assistant.snapshot;
    if (state !== "listening" && state !== "failed") quietSinceMs = nowMs();
  }
  return turns;
}

/** Cuts pieces of any size into frames; the last one is filled up with silence. */
async function* framesOf(pieces: TalkSession["microphone"]): AsyncGenerator<Float32Array> {
  let frame = new Float32Array(CAPTURE_FRAME_SAMPLES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let offset = 0; offset < piece.length;) {
      const count = Math.min(piece.length - offset, frame.length - filled);
      frame.set(piece.subarray(offset, offset + count), filled);
      filled += count;
      offset += count;
      if (filled < frame.length) continue;
      yield frame;
      frame = new Float32Array(CAPTURE_FRAME_SAMPLES);
      filled = 0;
    }
  }
  if (filled > 0) yield frame;
}
