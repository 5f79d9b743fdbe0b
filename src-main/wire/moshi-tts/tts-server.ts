import { z } from "zod";
import { CONTENT_TYPES } from "../audio-encoding/audio-encoder.ts";
import { encodeSpeech } from "../audio-encoding/encode-speech.ts";
import { Refusal, type HttpAnswer, type HttpRequest, type ServedProtocol, type SocketRequest } from "../route.ts";
import type { ServedEngines } from "../served-engines.ts";
import type { ServerSocket } from "../server-socket.ts";
import { NO_METERS, type SessionMeters } from "../session-meters.ts";
import { Slots } from "../slots.ts";
import { splitTtsWords } from "./split-tts-words.ts";
import { encodeTtsServerMessage } from "./tts-messages.ts";
import { createTtsOutput, TTS_FORMATS, type TtsFormat } from "./tts-output.ts";
import { TtsSession } from "./tts-session.ts";
import { parseJson } from "../../../src-shared/parse-json.ts";
import { wholeText } from "../whole-text.ts";

const RECEIVE_TIMEOUT_MS = 30_000;
/** Hours of text, or the 64,000 numbers of a voice. */
const MOST_MESSAGE_BYTES = 512 * 1024;

/** See {@link ttsServer}. */
export interface TtsServerOptions {
  readonly engines: Pick<ServedEngines, "voices" | "speak">;
  /** `/api/tts_streaming` unless told. */
  readonly path?: string;
  /** Clients at once; the next one is told that there are no free channels. */
  readonly batchSize: number;
  readonly meters?: SessionMeters;
}

const postSchema = z.object({ text: z.string(), voice: z.string() });

/** Speech as moshi-server's `Py` module serves it: WebSocket and POST on one path. `docs/protocols.md` says what is different. */
export function ttsServer(options: TtsServerOptions): ServedProtocol {
  const { engines, batchSize, meters = NO_METERS } = options;
  const path = options.path ?? "/api/tts_streaming";
  const slots = new Slots(batchSize);
  return {
    name: "moshi-tts",
    modulesInfo: () => [
      { type: "py", path, used_slots: String(slots.used), total_slots: String(slots.total), script: "none" },
    ],
    httpRoutes: [
      {
        method: "POST",
        path,
        access: "moshi-header",
        isSession: true,
        mostBodyBytes: MOST_MESSAGE_BYTES,
        answer: (request) => speakRecording(request, engines),
      },
    ],
    socketRoutes: [
      {
        path,
        access: "moshi",
        socket: { receiveTimeoutMs: RECEIVE_TIMEOUT_MS, mostMessageBytes: MOST_MESSAGE_BYTES },
        check: (request) => void formatOf(request),
        busy: (socket, request) => sayBusy(socket, formatOf(request)),
        async open(socket, request) {
          const format = formatOf(request);
          const free = slots.take();
          if (!free) return sayBusy(socket, format);
          try {
            const output = await createTtsOutput(format);
            const voice = knownVoice(request.query.get("voice"), engines);
            const meter = meters.open("synthesis", "moshi-tts");
            await new TtsSession(socket, { engines, voice, output, meter }).run();
          } finally {
            free();
          }
        },
      },
    ],
  };
}

/** Throws a {@link Refusal} for a format that is none. */
function formatOf({ query }: SocketRequest): TtsFormat {
  const asked = query.get("format") ?? "OggOpus";
  const format = TTS_FORMATS.find((known) => known === asked);
  if (!format) throw new Refusal("bad-request", `The format is one of ${TTS_FORMATS.join(", ")}.`);
  return format;
}

function knownVoice(asked: string | null, { voices }: Pick<ServedEngines, "voices">): string {
  return voices.find((voice) => voice === asked) ?? (voices[0] as string);
}

function sayBusy(socket: ServerSocket, format: TtsFormat): void {
  if (!format.endsWith("MessagePack")) return socket.drop();
  socket.send(encodeTtsServerMessage({ type: "Error", message: "no free channels" }));
  void socket.close();
}

/** Speaks a whole text as a WAV file that is sent while it grows. */
async function speakRecording(
  request: HttpRequest,
  engines: Pick<ServedEngines, "voices" | "speak">,
): Promise<HttpAnswer> {
  const parsed = postSchema.safeParse(parseJson(Buffer.from(await request.readBody()).toString("utf8")));
  if (!parsed.success) throw new Refusal("bad-request", "The body is JSON with a text and a voice.");
  const words = splitTtsWords(parsed.data.text).filter(({ breakMs }) => breakMs === 0);
  const style = { voice: knownVoice(parsed.data.voice, engines), rateRatio: 1 };
  const text = wholeText(words.map((word) => word.text).join(" "));
  const body = encodeSpeech(engines.speak(text, style, request.signal), "wav");
  return { status: 200, headers: { "content-type": CONTENT_TYPES.wav }, body };
}
