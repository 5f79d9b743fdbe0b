import { z } from "zod";
import { parseJson } from "../../../src-shared/parse-json.ts";

const MOST_CHARACTERS = 200;
/** So many letters and digits in a row of something private give it away. */
const TELLTALE_CHARACTERS = 10;

const text = z.string();
const errorSchema = z.union([
  z.object({ error: z.object({ message: text }) }).transform(({ error }) => error.message),
  z.object({ error: text }).transform(({ error }) => error),
  z.object({ message: text }).transform(({ message }) => message),
  z.object({ detail: z.object({ message: text }) }).transform(({ detail }) => detail.message),
  z.object({ detail: text }).transform(({ detail }) => detail),
  z.object({ detail: z.array(z.object({ msg: text })).min(1) }).transform(({ detail }) => detail[0]?.msg ?? ""),
]);

/**
 * The message in the JSON error body of an OpenAI-compatible server, on one line of at most 200 characters; undefined where there is none, and
 * where it repeats a part of what is `unspeakable` (ten letters of it, or all of it). Pure.
 */
export function serverMessage(body: string, unspeakable: readonly string[]): string | undefined {
  const parsed = errorSchema.safeParse(parseJson(body));
  if (!parsed.success) return undefined;
  const message = oneLine(parsed.data);
  return message === "" || unspeakable.some((secret) => sharesWith(message, secret)) ? undefined : message;
}

/** Text from a server as one printable line of at most 200 characters. Pure. */
export function oneLine(words: string): string {
  const line = words.replace(/[\s\p{C}]+/gu, " ").trim();
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS - 1)}…`;
}

/** Whether the message holds a telltale part of the secret, whatever the spaces, punctuation and case. */
export function sharesWith(message: string, secret: string): boolean {
  const [said, kept] = [bare(message), bare(secret)];
  if (kept === "") return false;
  if (kept.length <= TELLTALE_CHARACTERS) return said.includes(kept);
  for (let start = 0; start + TELLTALE_CHARACTERS <= said.length; start++)
    if (kept.includes(said.slice(start, start + TELLTALE_CHARACTERS))) return true;
  return false;
}

function bare(words: string): string {
  return words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
