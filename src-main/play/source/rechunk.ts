/**
 * Cuts a stream into chunks of `chunkBytes` (at least 1), the last one shorter; holds no more than what is missing to one chunk. When the stream
 * breaks, the held rest comes before the error. Chunks may share memory with those that went in.
 */
export async function* rechunk(
  chunks: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, undefined> {
  if (!Number.isInteger(chunkBytes) || chunkBytes < 1)
    throw new Error(`${chunkBytes} is not a chunk size: use a whole number of bytes from 1`);
  const rest = new Uint8Array(chunkBytes);
  let restBytes = 0;
  let breakage: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of chunks) {
      let start = 0;
      if (restBytes > 0) {
        start = Math.min(chunkBytes - restBytes, chunk.length);
        rest.set(chunk.subarray(0, start), restBytes);
        restBytes += start;
        if (restBytes < chunkBytes) continue;
        restBytes = 0;
        yield rest.slice();
      }
      for (; start + chunkBytes <= chunk.length; start += chunkBytes) yield chunk.subarray(start, start + chunkBytes);
      restBytes = chunk.length - start;
      rest.set(chunk.subarray(start));
    }
  } catch (error) {
    breakage = { error };
  }
  if (restBytes > 0) yield rest.slice(0, restBytes);
  if (breakage) throw breakage.error;
}
