import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { MessagePackWriter } from "../message-pack/message-pack-writer.ts";
import { encodeSoundMessage, readAudio, readError, readOggOpus } from "../message-pack/sound-messages.ts";
import { TaggedMessage, type UnknownMessage } from "../message-pack/tagged-message.ts";
import { protocolError } from "../protocol-error.ts";

/** What a client of a moshi speech server says in binary messages; a WebSocket text message is the same as Text. */
export type TtsClientMessage =
  | { readonly type: "Text"; readonly text: string }
  /** A speaker, before the first text. `shape`: 1 to 3 dimensions; empty where there were others, which means the default voice. */
  | { readonly type: "Voice"; readonly embeddings: Float32Array; readonly shape: readonly number[] }
  /** No more text. */
  | { readonly type: "Eos" };

/** What a moshi speech server says in the formats that use MessagePack. Times in ms of the speech; on the wire they are seconds. */
export type TtsServerMessage =
  | { readonly type: "Ready" }
  /** A spoken word; also a break, and with older servers empty. Sent before its audio. */
  | { readonly type: "Text"; readonly text: string; readonly startMs: number; readonly stopMs: number }
  /** Mono at 24 kHz. */
  | { readonly type: "Audio"; readonly pcm: Float32Array }
  /** Part of an Ogg Opus stream. */
  | { readonly type: "OggOpus"; readonly data: Uint8Array }
  | { readonly type: "Error"; readonly message: string };

const MOST_DIMENSIONS = 3;

/** Reads a binary message of a client; a single zero is Eos as well. A protocol-error ends the connection. */
export function decodeTtsClientMessage(bytes: Uint8Array): Outcome<TtsClientMessage> {
  if (bytes.length === 1 && bytes[0] === 0) return succeeded({ type: "Eos" });
  const message = new TaggedMessage(bytes);
  switch (message.type) {
    case "Text": {
      const text = message.field("text")?.readText();
      return text === undefined ? protocolError("Text without a text") : succeeded({ type: "Text", text });
    }
    case "Voice": {
      const embeddings = message.field("embeddings", 0)?.readFloats();
      const shape = readShape(message);
      if (!embeddings || !shape) return protocolError("Voice without its numbers");
      return succeeded({ type: "Voice", embeddings, shape });
    }
    case "Eos":
      return succeeded({ type: "Eos" });
    default:
      return protocolError("neither Text, Voice nor Eos");
  }
}

/** Writes a binary message of a client, for servers that take Text in binary messages. */
export function encodeTtsClientMessage(message: TtsClientMessage): Uint8Array {
  switch (message.type) {
    case "Text":
      return new MessagePackWriter().writeTag("Text", 1).writeText("text").writeText(message.text).finish();
    case "Voice":
      return new MessagePackWriter(64 + 5 * message.embeddings.length)
        .writeTag("Voice", 2)
        .writeText("embeddings")
        .writeFloats(message.embeddings)
        .writeText("shape")
        .writeIntegers(message.shape)
        .finish();
    case "Eos":
      return new MessagePackWriter().writeTag("Eos", 0).finish();
  }
}

/** Reads a binary message of a server. `data` may be a view into `bytes`. */
export function decodeTtsServerMessage(bytes: Uint8Array): Outcome<TtsServerMessage | UnknownMessage> {
  const message = new TaggedMessage(bytes);
  switch (message.type) {
    case "Ready":
      return succeeded({ type: "Ready" });
    case "Text": {
      const text = message.field("text", 0)?.readText();
      const startMs = message.field("start_s", 1)?.readSecondsAsMs();
      const stopMs = message.field("stop_s", 2)?.readSecondsAsMs();
      if (text === undefined || startMs === undefined || stopMs === undefined) {
        return protocolError("Text without its text or times");
      }
      return succeeded({ type: "Text", text, startMs, stopMs });
    }
    case "Audio":
      return readAudio(message);
    case "OggOpus":
      return readOggOpus(message);
    case "Error":
      return readError(message);
    case undefined:
      return protocolError("a message without a type");
    default:
      return succeeded({ type: "Unknown" });
  }
}

/** Writes a binary message of a server. */
export function encodeTtsServerMessage(message: TtsServerMessage): Uint8Array {
  switch (message.type) {
    case "Ready":
      return new MessagePackWriter().writeTag("Ready", 0).finish();
    case "Text":
      return new MessagePackWriter()
        .writeTag("Text", 3)
        .writeText("text")
        .writeText(message.text)
        .writeText("start_s")
        .writeFloat64(message.startMs / 1_000)
        .writeText("stop_s")
        .writeFloat64(message.stopMs / 1_000)
        .finish();
    case "Audio":
    case "OggOpus":
    case "Error":
      return encodeSoundMessage(message);
  }
}

function readShape(message: TaggedMessage): readonly number[] | undefined {
  const reader = message.field("shape", 1);
  const dimensions = reader?.readArrayLength();
  if (!reader || dimensions === undefined) return undefined;
  const shape: number[] = [];
  for (let index = 0; index < dimensions; index++) {
    const size = reader.readCount();
    if (size === undefined) return undefined;
    if (dimensions <= MOST_DIMENSIONS) shape.push(size);
  }
  return shape;
}
