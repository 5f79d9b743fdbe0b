import { FailureError } from "../../../src-shared/failure.ts";
import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { jsonAnswer, type ServedProtocol, type SocketRequest } from "../route.ts";
import type { ServedEngines } from "../served-engines.ts";
import type { ServerSocket } from "../server-socket.ts";
import { NO_METERS, type SessionMeters } from "../session-meters.ts";
import { Slots } from "../slots.ts";
import { encodeLogEvent, type LogEvent } from "./log-events.ts";
import { encodePcm16 } from "./pcm-16.ts";
import { wholeText } from "../whole-text.ts";

const USUAL_GUIDANCE = 1.5;
const USUAL_STEPS = 5;
/** 133 ms of audio in a message, as the original sends. */
const CHUNK_SAMPLES = 3_200;
const TRY_AGAIN_LATER = 1013;

/** See {@link vibevoiceServer}. */
export interface VibevoiceServerOptions {
  readonly engines: Pick<ServedEngines, "voices" | "speak">;
  /** Syntheses at once; the next one is told that the service is busy. The original has 1. */
  readonly mostAtOnce?: number;
  readonly meters?: SessionMeters;
}

/**
 * `GET /config` and WebSocket `/stream` of VibeVoice's demo server. `cfg` and `steps` are read and reported back, and mean nothing to our
 * engines.
 */
export function vibevoiceServer({
  engines,
  mostAtOnce = 4,
  meters = NO_METERS,
}: VibevoiceServerOptions): ServedProtocol {
  const slots = new Slots(mostAtOnce);
  const voices = engines.voices.toSorted();
  return {
    name: "vibevoice",
    httpRoutes: [
      {
        method: "GET",
        path: "/config",
        access: "any",
        answer: () => jsonAnswer({ voices, default_voice: engines.voices[0] }),
      },
    ],
    socketRoutes: [
      {
        path: "/stream",
        access: "any",
        busy: sayBusy,
        async open(socket, request) {
          const free = slots.take();
          if (!free) return sayBusy(socket);
          try {
            await speak(socket, request, engines, meters);
          } finally {
            free();
          }
        },
      },
    ],
  };
}

async function speak(
  socket: ServerSocket,
  { query }: SocketRequest,
  engines: Pick<ServedEngines, "voices" | "speak">,
  meters: SessionMeters,
): Promise<void> {
  socket.receive(() => undefined);
  const text = query.get("text") ?? "";
  const asked = query.get("voice") ?? "";
  const voice = engines.voices.includes(asked) ? asked : (engines.voices[0] as string);
  tell(socket, {
    event: "backend_request_received",
    data: {
      text_length: text.length,
      cfg_scale: positive(query.get("cfg"), USUAL_GUIDANCE),
      inference_steps: Math.trunc(positive(query.get("steps"), USUAL_STEPS)),
      voice,
    },
  });
  const askedAtMs = performance.now();
  const meter = meters.open("synthesis", "vibevoice");
  let samples = 0;
  try {
    if (text.trim() !== "") {
      for await (const { pcm } of engines.speak(wholeText(text), { voice, rateRatio: 1 }, socket.signal)) {
        for (let start = 0; start < pcm.length && socket.isOpen; start += CHUNK_SAMPLES) {
          const chunk = pcm.subarray(start, start + CHUNK_SAMPLES);
          if (!socket.send(encodePcm16(chunk))) await socket.drained();
          if (samples === 0) {
            meter.firstAudio(performance.now() - askedAtMs);
            tell(socket, { event: "backend_first_chunk_sent", data: {} });
          }
          samples += chunk.length;
          tell(socket, {
            event: "model_progress",
            data: { generated_sec: samples / PLAYBACK_RATE_HZ, chunk_sec: chunk.length / PLAYBACK_RATE_HZ },
          });
        }
        if (!socket.isOpen) return;
      }
    }
  } catch (error) {
    if (socket.signal.aborted) return;
    if (!(error instanceof FailureError)) throw error;
    const { detail: message } = error.failure;
    tell(socket, { event: "generation_error", data: { message } });
    tell(socket, { event: "backend_error", data: { message } });
  } finally {
    meter.close();
  }
  tell(socket, { event: "backend_stream_complete", data: {} });
  await socket.close();
}

function sayBusy(socket: ServerSocket): void {
  const message = "Please wait for the other requests to complete.";
  tell(socket, { event: "backend_busy", data: { message } });
  void socket.close(TRY_AGAIN_LATER, "Service busy");
}

function tell(socket: ServerSocket, event: LogEvent): void {
  socket.send(encodeLogEvent(event, Date.now()));
}

function positive(text: string | null, usual: number): number {
  const value = Number(text ?? Number.NaN);
  return value > 0 && Number.isFinite(value) ? value : usual;
}
