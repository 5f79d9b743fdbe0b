/** Cuts a text at spaces into pieces of so many characters at most; a longer word is cut inside. Pure. */
export function* cutAtSpaces(text: string, mostCharacters: number): Generator<string> {
  let rest = text;
  while (rest.length > mostCharacters) {
    const space = rest.lastIndexOf(" ", mostCharacters);
    const cut = space > 0 ? space : mostCharacters;
    yield rest.slice(0, cut);
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== "") yield rest;
}
