/**
 * Adds a block of the page's own short sounds to what is played. They go the way of the replies, but are not lowered when somebody speaks: of
 * a test sound it is known how loud it is. Audio thread; allocates nothing.
 */
export function addBlock(block: Float32Array, out: Float32Array): void {
  for (let index = 0; index < out.length; index++) out[index] = (out[index] as number) + (block[index] as number);
}
