/**
 * Adds a block of the page's own short sounds to what is played. They go the way of the replies, but they are not taken out of what the
 * microphone hears: a test sound is there to be heard, and a lone note teaches an echo canceller nothing. Audio thread; allocates nothing.
 */
export function addBlock(block: Float32Array, out: Float32Array): void {
  for (let index = 0; index < out.length; index++) out[index] = (out[index] as number) + (block[index] as number);
}
