/** A text as moshi-server speaks it best: without marks of emphasis, with straight quotation marks, colons as pauses. May become empty. */
export function cleanTtsText(text: string): string {
  return text
    .replaceAll(/[*_`]/g, "")
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201C\u201D]/g, '"')
    .replaceAll(" : ", " ")
    .trim();
}
