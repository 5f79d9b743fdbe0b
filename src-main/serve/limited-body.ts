import type { IncomingMessage } from "node:http";
import { Refusal } from "../wire/route.ts";

/** The body of a request, piece by piece. Throws a {@link Refusal} `too-long` as soon as it is known to be longer than allowed. */
export async function* limitedBody(request: IncomingMessage, mostBytes: number): AsyncGenerator<Uint8Array> {
  if (Number(request.headers["content-length"] ?? 0) > mostBytes) throw new Refusal("too-long");
  let bytes = 0;
  // Left alone when it is not read to its end: the answer still goes out by the same connection.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new Refusal("too-long");
    yield piece;
  }
}

/** All pieces in one. */
export async function wholeBody(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
