const LONGEST_LINE = 300;

/** Cuts a text stream into lines, of which only the beginning is kept. */
export class ErrorLines {
  readonly #onLine: (line: string) => void;
  #line = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const [first = "", ...others] = text.split(/\r\n|[\r\n]/);
    this.#extend(first);
    for (const line of others) {
      this.end();
      this.#extend(line);
    }
  }

  /** What has no end of line counts as one. */
  end(): void {
    if (this.#line !== "") this.#onLine(this.#line);
    this.#line = "";
  }

  #extend(text: string): void {
    this.#line += text.slice(0, LONGEST_LINE - this.#line.length);
  }
}
