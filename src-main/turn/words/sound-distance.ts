/** Letters that sound alike to a recognizer: taking one for another costs little. */
const ALIKE = ["pb", "td", "kg", "fv", "sz", "mn", "lr", "jc"];
const VOWELS = "aeiou";
const VOWEL_COST = 0.4;
const OTHER_VOWEL_COST = 0.15;
const ALIKE_COST = 0.3;
/** An h is hardly heard. */
const H_COST = 0.5;

/** English letters as simple sounds: silent and double letters gone, one letter for what is spoken alike. Letters and digits only. */
export function soundsOf(words: readonly string[]): string {
  return words
    .map(soundOfWord)
    .join("")
    .replace(/(.)\1+/g, "$1");
}

function soundOfWord(word: string): string {
  return word
    .toLowerCase()
    .normalize("NFD")
    .replace(/[^a-z0-9]/g, "")
    .replace(/^kn/, "n")
    .replace(/^wr/, "r")
    .replace(/^two$/, "to")
    .replace(/tch|ch/g, "j")
    .replace(/dge/g, "je")
    .replace(/ph|gh(?=[aeiou])/g, (letters) => (letters === "ph" ? "f" : "g"))
    .replace(/gh/g, "")
    .replace(/sh|th/g, (letters) => (letters === "sh" ? "s" : "t"))
    .replace(/c(?=[eiy])/g, "s")
    .replace(/c|q/g, "k")
    .replace(/x/g, "ks")
    .replace(/y/g, "i")
    .replace(/(?<=[a-z]{2}[^aeiou])e$/, "")
    .replace(/[aeiou]+/g, (vowels) => vowels.charAt(0));
}

/** How differently two strings of {@link soundsOf} sound: 0 for the same, about 1 when nothing agrees; can exceed 1. */
export function soundDistance(wanted: string, heard: string): number {
  let previous = [0];
  for (const sound of heard) previous.push((previous.at(-1) as number) + omission(sound));
  for (const sound of wanted) {
    const current = [(previous[0] as number) + omission(sound)];
    for (const [index, other] of Array.from(heard).entries()) {
      current.push(
        Math.min(
          (previous[index] as number) + substitution(sound, other),
          (previous[index + 1] as number) + omission(sound),
          (current[index] as number) + omission(other),
        ),
      );
    }
    previous = current;
  }
  const weight = Array.from(wanted).reduce((sum, sound) => sum + omission(sound), 0);
  return weight === 0 ? 1 : (previous.at(-1) as number) / weight;
}

function omission(sound: string): number {
  if (sound === "h") return H_COST;
  return VOWELS.includes(sound) ? VOWEL_COST : 1;
}

function substitution(a: string, b: string): number {
  if (a === b) return 0;
  if (VOWELS.includes(a) && VOWELS.includes(b)) return OTHER_VOWEL_COST;
  return ALIKE.some((pair) => pair.includes(a) && pair.includes(b)) ? ALIKE_COST : 1.2;
}
