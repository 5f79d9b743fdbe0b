import type { RawData } from "ws";

/** A message of a WebSocket: bytes of a binary one, the string of a text one. */
export type SocketMessage = Uint8Array | string;

/** What `ws` received as a message. Bytes are not copied where they are in one piece. */
export function toSocketMessage(data: RawData, isBinary: boolean): SocketMessage {
  const bytes = data instanceof ArrayBuffer ? Buffer.from(data) : Array.isArray(data) ? Buffer.concat(data) : data;
  return isBinary ? bytes : bytes.toString("utf8");
}
