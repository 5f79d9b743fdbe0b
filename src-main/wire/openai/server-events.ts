/** Header of an answer of server-sent events. */
export const EVENT_STREAM_HEADERS = { "content-type": "text/event-stream", "cache-control": "no-cache" };

/** One server-sent event with JSON as its data. */
export function serverEvent(data: Readonly<Record<string, unknown>>): Uint8Array {
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
}
