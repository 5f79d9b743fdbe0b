import { succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { GrowingText } from "../../turn/growing-text.ts";
import type { GrowingSpeechRequest, SpeechTarget, Synthesizer } from "../../turn/ports.ts";
import { distantSynthesizer } from "../distant-synthesizer.ts";
import { retryWithBackoff } from "../retry-with-backoff.ts";
import type { RingSpeech } from "../ring-speech.ts";
import { openTtsChannel, type TtsChannelOptions } from "./open-tts-channel.ts";
import { SentWords } from "./sent-words.ts";
import { TtsConversation } from "./tts-conversation.ts";

/** See {@link createMoshiSynthesizer}. */
export interface MoshiSynthesizerOptions extends TtsChannelOptions {
  /** Attempts to connect; 3 unless told. */
  readonly mostAttempts?: number;
}

type TargetedRequest = SpeechTarget & Pick<GrowingSpeechRequest, "text" | "tell">;

/**
 * Speaks through a moshi-server, word by word while the text is written, and plays while it receives. The words' times are the server's. Its speed is
 * the model's own: `rateRatio` has no effect. A channel that was lost before any sound is asked for again, with all the words so far; after that
 * what was heard stays heard, and the failure says so. Codes: source-unreachable, source-refused (a wrong key, no free channel), source-timeout,
 * source-lost, protocol-error.
 */
export function createMoshiSynthesizer(options: MoshiSynthesizerOptions): Synthesizer {
  const distant = distantSynthesizer<TargetedRequest>((request, speech, signal) =>
    speak(request, speech, options, signal),
  );
  return {
    async speakGrowing(request, signal) {
      const hasWords = await waitForWords(request.text, signal);
      if (signal.aborted || !hasWords) return succeeded(0);
      const spoken = await distant.speak({ ...request.begin(), text: request.text, tell: request.tell }, signal);
      return spoken.ok ? succeeded(spoken.value.samples) : spoken;
    },
    speak: (request) => distant.speak({ ...request, text: GrowingText.of(request.text), tell: () => undefined }),
    close: () => distant.close(),
  };
}

async function speak(
  request: TargetedRequest,
  speech: RingSpeech,
  options: MoshiSynthesizerOptions,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { mostAttempts = 3, silenceMs = 10_000 } = options;
  if (!(await waitForWords(request.text, signal))) return undefined;
  const speakOnce = async (): Promise<Outcome<null>> => {
    const opened = await openTtsChannel(options, signal);
    if (!opened.ok) return opened;
    const connection = opened.value;
    try {
      const context = { text: request.text, tell: request.tell, speech, silenceMs };
      const problem = await new TtsConversation(connection, context).run(signal);
      if (!problem) return succeeded(null);
      return { ok: false, failure: { ...problem, retryable: problem.retryable && speech.samples === 0 } };
    } finally {
      void connection.close();
    }
  };
  const spoken = await retryWithBackoff(speakOnce, signal, { mostAttempts });
  return spoken.ok ? undefined : spoken.failure;
}

/** Resolves as soon as there is something to say; false when there will not be. */
async function waitForWords(text: GrowingText, signal: AbortSignal): Promise<boolean> {
  const words = new SentWords();
  for await (const piece of text.read(0, signal)) if (words.push(piece) !== "") return true;
  return words.finish() !== "";
}
