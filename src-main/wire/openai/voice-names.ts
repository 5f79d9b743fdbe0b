/** Voices that OpenAI has. */
const OPENAI_VOICES = /^(?:alloy|ash|ballad|coral|echo|fable|marin|cedar|nova|onyx|sage|shimmer|verse)$/;

/** The voice of OpenAI's that is most like another one: Kokoro's names begin with the accent and `f` or `m`. */
export function openAiVoice(voice: string): string {
  if (OPENAI_VOICES.test(voice)) return voice;
  if (/^[a-z]f_/.test(voice)) return "nova";
  return /^[a-z]m_/.test(voice) ? "onyx" : "alloy";
}
