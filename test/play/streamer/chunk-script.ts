/** Repeatable chance: numbers from 0 to below `limit`. */
export function seededChance(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** What one stream is fed: chunks of any length, now and then an empty one, with contents that tell stream, chunk and place. */
export function scriptedChunks(seed: number, sampleIndex: number, count: number): Float32Array[] {
  const chance = seededChance(seed * 31 + sampleIndex);
  return Array.from({ length: count }, (_, place) => {
    const length = chance(8) === 0 ? chance(3) : chance(4000);
    return Float32Array.from({ length }, (_, sample) => Math.fround(sampleIndex + place / 512 + sample / 2 ** 20));
  });
}

/** A chunk of this many equal samples. */
export function chunkOf(value: number, length = 4): Float32Array {
  return new Float32Array(length).fill(value);
}

/** What an iterator gives out until it is done. */
export async function everyChunk<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const chunk of stream) taken.push(chunk);
  return taken;
}
