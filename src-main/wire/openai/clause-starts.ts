/** Where the clauses of a text begin, the first one left out. */
export function clauseStarts(text: string): readonly number[] {
  return [...text.matchAll(/[,;:.!?–—…]["'”’)]*\s+/g)].map(({ index, 0: end }) => index + end.length);
}
