import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { protocolError } from "../protocol-error.ts";
import { MessagePackWriter } from "./message-pack-writer.ts";
import type { TaggedMessage } from "./tagged-message.ts";

/** Sound and errors as all of moshi-server's protocols write them. */
export type SoundMessage =
  /** Mono at 24 kHz, any number of samples, as sent: neither clipped nor checked for being numbers. */
  | { readonly type: "Audio"; readonly pcm: Float32Array }
  /** Part of a continuous Ogg Opus stream, cut anywhere. */
  | { readonly type: "OggOpus"; readonly data: Uint8Array }
  | { readonly type: "Error"; readonly message: string };

/** Reads the fields of an `Audio`. */
export function readAudio(message: TaggedMessage): Outcome<SoundMessage & { readonly type: "Audio" }> {
  const pcm = message.field("pcm")?.readFloats();
  return pcm ? succeeded({ type: "Audio", pcm }) : protocolError("Audio without an array of numbers");
}

/** Reads the fields of an `OggOpus`. `data` may be a view. */
export function readOggOpus(message: TaggedMessage): Outcome<SoundMessage & { readonly type: "OggOpus" }> {
  const data = message.field("data")?.readBytes();
  return data ? succeeded({ type: "OggOpus", data }) : protocolError("OggOpus without bytes");
}

/** Reads the fields of an `Error`. */
export function readError(message: TaggedMessage): Outcome<SoundMessage & { readonly type: "Error" }> {
  const text = message.field("message")?.readText();
  return text === undefined ? protocolError("Error without a text") : succeeded({ type: "Error", message: text });
}

/** Writes any of them. Bytes are written as an array of numbers, which is what every server reads. */
export function encodeSoundMessage(message: SoundMessage): Uint8Array {
  switch (message.type) {
    case "Audio":
      return new MessagePackWriter(32 + 5 * message.pcm.length)
        .writeTag("Audio", 1)
        .writeText("pcm")
        .writeFloats(message.pcm)
        .finish();
    case "OggOpus":
      return new MessagePackWriter(32 + 2 * message.data.length)
        .writeTag("OggOpus", 1)
        .writeText("data")
        .writeIntegers(message.data)
        .finish();
    case "Error":
      return new MessagePackWriter().writeTag("Error", 1).writeText("message").writeText(message.message).finish();
  }
}
