const QUOTES = ["'", '"'];
const SPACE = /\s/;

/**
 * The arguments that a line of text stands for; undefined when a quotation mark is not closed. Spaces separate them; between two equal
 * quotation marks, single or double, everything means itself. Nothing else is special: no backslash, no variables, no wildcards.
 */
export function parseCommandLine(line: string): string[] | undefined {
  const found: string[] = [];
  let current: string | undefined;
  let quote: string | undefined;
  for (const character of line) {
    if (character === quote) quote = undefined;
    else if (quote !== undefined) current += character;
    else if (QUOTES.includes(character)) {
      quote = character;
      current ??= "";
    } else if (!SPACE.test(character)) current = (current ?? "") + character;
    else if (current !== undefined) {
      found.push(current);
      current = undefined;
    }
  }
  if (quote !== undefined) return undefined;
  return current === undefined ? found : [...found, current];
}

/** The line of text that {@link parseCommandLine} understands as these arguments. */
export function formatCommandLine(line: readonly string[]): string {
  return line.map(quoted).join(" ");
}

function quoted(text: string): string {
  if (text !== "" && !/[\s'"]/.test(text)) return text;
  if (!text.includes('"')) return `"${text}"`;
  return text.includes("'") ? text.replaceAll(/[^"]+|"+/g, (part) => quoted(part)) : `'${text}'`;
}
