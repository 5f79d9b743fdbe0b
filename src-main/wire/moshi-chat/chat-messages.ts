import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { protocolError } from "../protocol-error.ts";

/** What a control message asks for, in the order of its byte. */
export const CHAT_CONTROLS = ["start", "endTurn", "pause", "restart"] as const;

/** One of {@link CHAT_CONTROLS}. */
export type ChatControl = (typeof CHAT_CONTROLS)[number];

/** A binary message of a moshi or PersonaPlex conversation, in either direction. */
export type ChatMessage =
  /** The server hears from now on. Some servers tell the versions of the protocol and of the model. */
  | { readonly kind: "handshake"; readonly versions?: { readonly protocol: number; readonly model: number } }
  /** Part of a continuous Ogg Opus stream, mono at 24 kHz. */
  | { readonly kind: "audio"; readonly data: Uint8Array }
  /** A piece of what is said; a new word begins with a space. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "control"; readonly control: ChatControl }
  /** JSON, as it came. */
  | { readonly kind: "metadata"; readonly json: string }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "ping" }
  /** Text of a speaker; `colour`: 0 to 255. */
  | { readonly kind: "coloured-text"; readonly colour: number; readonly text: string }
  | { readonly kind: "image"; readonly data: Uint8Array }
  | { readonly kind: "codes"; readonly codes: Uint32Array };

/** A message of a kind, or a control, that this side does not know. It is to be ignored. */
export interface UnknownChatMessage {
  readonly kind: "unknown";
  /** First byte of the message. */
  readonly byte: number;
}

/** In the order of their bytes. */
const KINDS = [
  "handshake",
  "audio",
  "text",
  "control",
  "metadata",
  "error",
  "ping",
  "coloured-text",
  "image",
  "codes",
] as const satisfies readonly ChatMessage["kind"][];
const BYTES_PER_CODE = 4;
const TEXT_ENCODER = new TextEncoder();
const TEXT_DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a binary message. Text that is no UTF-8 becomes U+FFFD. A protocol-error: nothing, a control or a coloured text without its byte, codes
 * that are cut off. `data` is a view into `bytes`.
 */
export function decodeChatMessage(bytes: Uint8Array): Outcome<ChatMessage | UnknownChatMessage> {
  const byte = bytes[0];
  if (byte === undefined) return protocolError("an empty message");
  const payload = bytes.subarray(1);
  const kind = KINDS[byte];
  switch (kind) {
    case "handshake":
      return succeeded(decodeHandshake(payload));
    case "audio":
    case "image":
      return succeeded({ kind, data: payload });
    case "text":
      return succeeded({ kind, text: TEXT_DECODER.decode(payload) });
    case "control": {
      if (payload.length === 0) return protocolError("a control without its byte");
      const control = CHAT_CONTROLS[payload[0]!];
      return succeeded(control ? { kind, control } : { kind: "unknown", byte });
    }
    case "metadata":
      return succeeded({ kind, json: TEXT_DECODER.decode(payload) });
    case "error":
      return succeeded({ kind, message: TEXT_DECODER.decode(payload) });
    case "ping":
      return succeeded({ kind });
    case "coloured-text":
      if (payload.length === 0) return protocolError("a coloured text without its colour");
      return succeeded({ kind, colour: payload[0]!, text: TEXT_DECODER.decode(payload.subarray(1)) });
    case "codes":
      if (payload.length % BYTES_PER_CODE !== 0) return protocolError("codes that are cut off");
      return succeeded({ kind, codes: decodeCodes(payload) });
    default:
      return succeeded({ kind: "unknown", byte });
  }
}

/** Writes a binary message. A handshake without versions is a single byte. Coloured text, images and codes end some servers. */
export function encodeChatMessage(message: ChatMessage): Uint8Array {
  const first = KINDS.indexOf(message.kind);
  switch (message.kind) {
    case "handshake":
      return message.versions
        ? joined([first], encodeNumbers([message.versions.protocol, message.versions.model]))
        : Uint8Array.of(first);
    case "audio":
    case "image":
      return joined([first], message.data);
    case "text":
      return joined([first], TEXT_ENCODER.encode(message.text));
    case "control":
      return Uint8Array.of(first, CHAT_CONTROLS.indexOf(message.control));
    case "metadata":
      return joined([first], TEXT_ENCODER.encode(message.json));
    case "error":
      return joined([first], TEXT_ENCODER.encode(message.message));
    case "ping":
      return Uint8Array.of(first);
    case "coloured-text":
      return joined([first, message.colour], TEXT_ENCODER.encode(message.text));
    case "codes":
      return joined([first], encodeNumbers(message.codes));
  }
}

function decodeHandshake(payload: Uint8Array): ChatMessage {
  if (payload.length < 2 * BYTES_PER_CODE) return { kind: "handshake" };
  const versions = decodeCodes(payload.subarray(0, 2 * BYTES_PER_CODE));
  return { kind: "handshake", versions: { protocol: versions[0]!, model: versions[1]! } };
}

function decodeCodes(payload: Uint8Array): Uint32Array {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const codes = new Uint32Array(payload.length / BYTES_PER_CODE);
  for (let index = 0; index < codes.length; index++) codes[index] = view.getUint32(BYTES_PER_CODE * index, true);
  return codes;
}

function encodeNumbers(numbers: Uint32Array | readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(BYTES_PER_CODE * numbers.length));
  for (let index = 0; index < numbers.length; index++) view.setUint32(BYTES_PER_CODE * index, numbers[index]!, true);
  return new Uint8Array(view.buffer);
}

function joined(first: readonly number[], payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + payload.length);
  bytes.set(first);
  bytes.set(payload, first.length);
  return bytes;
}
