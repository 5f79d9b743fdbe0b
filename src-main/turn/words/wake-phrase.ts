/** The rest after the wake phrase at the beginning of `text`; undefined when it does not begin with it. */
export function stripWakePhrase(text: string, phrase: string): string | undefined {
  const pattern =
    phrase
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join("[^\\p{L}\\p{N}]*") ?? "";
  const match = new RegExp(`^[^\\p{L}\\p{N}]*${pattern}[^\\p{L}\\p{N}]*`, "iu").exec(text);
  return match ? text.slice(match[0].length) : undefined;
}
