/** A text that is there at once, for who reads one that grows. */
export async function* wholeText(text: string): AsyncGenerator<string> {
  yield text;
}
