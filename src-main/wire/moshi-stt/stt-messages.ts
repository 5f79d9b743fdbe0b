import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { MessagePackWriter } from "../message-pack/message-pack-writer.ts";
import { encodeSoundMessage, readAudio, readError, readOggOpus } from "../message-pack/sound-messages.ts";
import { TaggedMessage, type UnknownMessage } from "../message-pack/tagged-message.ts";
import { protocolError } from "../protocol-error.ts";

/** What a client of a moshi speech recognition server says. */
export type SttClientMessage =
  /** Mono at 24 kHz, any number of samples, as sent: neither clipped nor checked for being numbers. */
  | { readonly type: "Audio"; readonly pcm: Float32Array }
  /** Part of a continuous Ogg Opus stream, cut anywhere. */
  | { readonly type: "OggOpus"; readonly data: Uint8Array }
  /** To be echoed once the audio before it is transcribed. 64 bits with a sign. */
  | { readonly type: "Marker"; readonly id: bigint }
  | { readonly type: "Init" };

/** What a moshi speech recognition server says. Times in ms of the client's audio; on the wire they are seconds. */
export type SttServerMessage =
  | { readonly type: "Ready" }
  /** One frame of 80 ms was heard. `stepIndex` is no time: it counts for all clients. */
  | {
      readonly type: "Step";
      readonly stepIndex: number;
      /** How likely a pause of 0.5, 1, 2 and 3 s is, 0 to 1; other servers may have other horizons. */
      readonly pauseProbabilities: Float32Array;
      readonly bufferedSamples: number;
    }
  /** May be empty, or hold several words. */
  | { readonly type: "Word"; readonly text: string; readonly startMs: number }
  /** Where the last word ended. */
  | { readonly type: "EndWord"; readonly stopMs: number }
  | { readonly type: "Marker"; readonly id: bigint }
  | { readonly type: "Error"; readonly message: string };

/** Reads a binary message of a client. A protocol-error ends the connection. `data` may be a view into `bytes`. */
export function decodeSttClientMessage(bytes: Uint8Array): Outcome<SttClientMessage> {
  const message = new TaggedMessage(bytes);
  switch (message.type) {
    case "Audio":
      return readAudio(message);
    case "OggOpus":
      return readOggOpus(message);
    case "Marker":
      return decodeMarker(message);
    case "Init":
      return succeeded({ type: "Init" });
    default:
      return protocolError("neither Audio, OggOpus, Marker nor Init");
  }
}

/** Writes a binary message of a client, as every server reads it. */
export function encodeSttClientMessage(message: SttClientMessage): Uint8Array {
  switch (message.type) {
    case "Audio":
    case "OggOpus":
      return encodeSoundMessage(message);
    case "Marker":
      return encodeMarker(message.id);
    case "Init":
      return new MessagePackWriter().writeTag("Init", 0).finish();
  }
}

/** Reads a binary message of a server. */
export function decodeSttServerMessage(bytes: Uint8Array): Outcome<SttServerMessage | UnknownMessage> {
  const message = new TaggedMessage(bytes);
  switch (message.type) {
    case "Ready":
      return succeeded({ type: "Ready" });
    case "Step": {
      const stepIndex = message.field("step_idx", 0)?.readCount();
      const pauseProbabilities = message.field("prs", 1)?.readFloats();
      const bufferedSamples = message.field("buffered_pcm", 2)?.readCount();
      if (stepIndex === undefined || !pauseProbabilities || bufferedSamples === undefined) {
        return protocolError("Step without its numbers");
      }
      return succeeded({ type: "Step", stepIndex, pauseProbabilities, bufferedSamples });
    }
    case "Word": {
      const text = message.field("text", 0)?.readText();
      const startMs = message.field("start_time", 1)?.readSecondsAsMs();
      if (text === undefined || startMs === undefined) return protocolError("Word without its text or time");
      return succeeded({ type: "Word", text, startMs });
    }
    case "EndWord": {
      const stopMs = message.field("stop_time")?.readSecondsAsMs();
      return stopMs === undefined ? protocolError("EndWord without its time") : succeeded({ type: "EndWord", stopMs });
    }
    case "Marker":
      return decodeMarker(message);
    case "Error":
      return readError(message);
    case undefined:
      return protocolError("a message without a type");
    default:
      return succeeded({ type: "Unknown" });
  }
}

/** Writes a binary message of a server. */
export function encodeSttServerMessage(message: SttServerMessage): Uint8Array {
  switch (message.type) {
    case "Ready":
      return new MessagePackWriter().writeTag("Ready", 0).finish();
    case "Step":
      return new MessagePackWriter()
        .writeTag("Step", 3)
        .writeText("step_idx")
        .writeInteger(message.stepIndex)
        .writeText("prs")
        .writeFloats(message.pauseProbabilities)
        .writeText("buffered_pcm")
        .writeInteger(message.bufferedSamples)
        .finish();
    case "Word":
      return new MessagePackWriter()
        .writeTag("Word", 2)
        .writeText("text")
        .writeText(message.text)
        .writeText("start_time")
        .writeFloat64(message.startMs / 1_000)
        .finish();
    case "EndWord":
      return new MessagePackWriter()
        .writeTag("EndWord", 1)
        .writeText("stop_time")
        .writeFloat64(message.stopMs / 1_000)
        .finish();
    case "Marker":
      return encodeMarker(message.id);
    case "Error":
      return encodeSoundMessage(message);
  }
}

function decodeMarker(message: TaggedMessage): Outcome<{ readonly type: "Marker"; readonly id: bigint }> {
  const id = message.field("id")?.readInt64();
  return id === undefined ? protocolError("Marker without an integer") : succeeded({ type: "Marker", id });
}

function encodeMarker(id: bigint): Uint8Array {
  return new MessagePackWriter().writeTag("Marker", 1).writeText("id").writeInteger(id).finish();
}
