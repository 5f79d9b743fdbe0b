/** Whether this can be a wake phrase: 2 to 60 characters without what surrounds them, two of them letters that can be heard. */
export function isWakePhrase(text: string): boolean {
  const { length } = text.trim();
  return length >= 2 && length <= 60 && (text.match(/\p{L}/gu)?.length ?? 0) >= 2;
}
