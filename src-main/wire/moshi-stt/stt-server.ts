import { jsonAnswer, Refusal, type HttpRequest, type ServedProtocol } from "../route.ts";
import type { ServedEngines } from "../served-engines.ts";
import type { ServerSocket } from "../server-socket.ts";
import { NO_METERS, type SessionMeters } from "../session-meters.ts";
import { Slots } from "../slots.ts";
import type { OggOpusDecoder } from "../ogg-opus/ogg-opus-input.ts";
import { encodeSttServerMessage } from "./stt-messages.ts";
import { SttSession } from "./stt-session.ts";

const RECEIVE_TIMEOUT_MS = 20_000;
const LONGEST_WAIT_FOR_SLOT_MS = 100_000;

/** See {@link sttServer}. */
export interface SttServerOptions {
  readonly engines: Pick<ServedEngines, "listen" | "transcribe">;
  readonly createOggOpusDecoder: () => Promise<OggOpusDecoder>;
  /** `/api/asr-streaming` unless told. */
  readonly path?: string;
  /** Clients at once; the next one is told that there are no free channels. */
  readonly batchSize: number;
  /** Audio of one client that may wait to be heard, in samples; beyond it the client is held up. */
  readonly mostBufferedSamples: number;
  readonly meters?: SessionMeters;
}

/** Speech recognition as moshi-server's `BatchedAsr` serves it: WebSocket and POST on one path. `docs/protocols.md` says what is different. */
export function sttServer(options: SttServerOptions): ServedProtocol {
  const { engines, createOggOpusDecoder, batchSize, mostBufferedSamples, meters = NO_METERS } = options;
  const path = options.path ?? "/api/asr-streaming";
  const slots = new Slots(batchSize);
  let steps = 0;
  return {
    name: "moshi-stt",
    modulesInfo: () => [
      {
        type: "batched_asr",
        path,
        used_slots: String(slots.used),
        total_slots: String(slots.total),
        lm: "moonshine-tiny",
        audio_tokenizer: "none",
      },
    ],
    httpRoutes: [
      {
        method: "POST",
        path,
        access: "moshi-header",
        isSession: true,
        async answer(request) {
          const free = await slots.wait(LONGEST_WAIT_FOR_SLOT_MS, request.signal);
          if (!free) throw new Refusal("busy");
          try {
            return await transcribe(request, options);
          } finally {
            free();
          }
        },
      },
    ],
    socketRoutes: [
      {
        path,
        access: "moshi",
        socket: { receiveTimeoutMs: RECEIVE_TIMEOUT_MS },
        busy: sayBusy,
        async open(socket) {
          const free = slots.take();
          if (!free) return sayBusy(socket);
          const meter = meters.open("recognition", "moshi-stt");
          const nextStepIndex = (): number => steps++;
          try {
            const context = { engines, createOggOpusDecoder, mostBufferedSamples, nextStepIndex, meter };
            await new SttSession(socket, context).run();
          } finally {
            free();
          }
        },
      },
    ],
  };
}

function sayBusy(socket: ServerSocket): void {
  socket.send(encodeSttServerMessage({ type: "Error", message: "no free channels" }));
  void socket.close();
}

/** The words of a recording as a list of messages. */
async function transcribe(request: HttpRequest, { engines }: SttServerOptions) {
  const transcript = await engines.transcribe(await request.readBody(), { words: true }, request.signal);
  if (!transcript.ok) throw new Refusal("failed", transcript.failure.detail);
  const words = transcript.value.segments.flatMap((segment) => segment.words);
  return jsonAnswer(
    words.flatMap(({ text, startMs, endMs }) => [
      { type: "Word", text, start_time: startMs / 1000 },
      { type: "EndWord", stop_time: endMs / 1000 },
    ]),
  );
}
