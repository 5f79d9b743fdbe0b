const LINE_MARK = /^(?:#{1,6}|[-*+•]|>+|[-*_]{3,}|\|?[-:|]*\|)$/;
const FENCE = /^(?:```|~~~)/;
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u{fe0f}\u{200d}\u{20e3}]/gu;

/**
 * Takes the Markdown and the emoji out of a text that arrives in pieces: headings, list and quote marks, emphasis, code marks, links (their
 * text stays), table bars. Whatever may still become a mark waits for the piece after it. Pure but for what it holds back.
 */
export class PlainTextStream {
  #held = "";
  #isLineStart = true;

  /** Adds a piece and returns the plain text that is certain now. */
  push(piece: string): string {
    const text = this.#held + piece;
    const end = text.search(/\S*$/);
    this.#held = text.slice(end);
    return this.#strip(text.slice(0, end));
  }

  /** The text is over: returns what is left. */
  finish(): string {
    const rest = this.#held;
    this.#held = "";
    return this.#strip(rest);
  }

  #strip(text: string): string {
    let plain = "";
    for (const [piece] of text.matchAll(/\n\s*|[^\S\n]+|\S+/g)) {
      if (/^\s/.test(piece)) {
        this.#isLineStart ||= piece.startsWith("\n");
        if (!this.#isLineStart || piece.startsWith("\n")) plain += piece;
        continue;
      }
      const word = this.#isLineStart && (LINE_MARK.test(piece) || FENCE.test(piece)) ? "" : stripWord(piece);
      if (word === "") continue;
      plain += word;
      this.#isLineStart = false;
    }
    return plain;
  }
}

function stripWord(word: string): string {
  return word
    .replace(EMOJI, "")
    .replace(/!?\[(?=[^\]]*(?:\]|$))/g, "")
    .replace(/\](?:\([^)]*\)|\[[^\]]*\])?/g, "")
    .replace(/(?<!\d)\*\*|\*\*(?!\d)|__|~~|`+/g, "")
    .replace(/^([("']*)[*_](?=\w)/, "$1")
    .replace(/(?<=\w[.,!?;:]?)[*_](?=[.,!?;:)"']*$)/, "")
    .replace(/^\|$|(?<=\w)\|$/, ",")
    .replace(/^\|/, "");
}
