import type { Settings, SettingsPatch } from "../../src-shared/settings.ts";
import type { ConversationEntry, ReplyPart, ReplyRequest, Responder } from "../turn/ports.ts";
import { OpenAiCompatibleResponder, warmUpLanguageModel } from "./openai-compatible-responder.ts";
import type { Intent, Situation } from "./skills/skill.ts";
import type { TimerStore } from "./timer-store.ts";

/** What a responder needs of its surroundings. */
export interface ResponderParts {
  readonly settings: () => Settings;
  /** Epoch ms of the wall clock, as in `timers`. */
  readonly nowMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly changeSettings: (patch: SettingsPatch) => void;
  readonly timers: TimerStore;
}

const NO_LANGUAGE_MODEL =
  "I can not answer that yet, because no language model is set up. Open the settings and enter the address of a server such as Ollama.";
const NO_LANGUAGE_MODEL_FOR_REST = "I can not help with the rest, because no language model is set up.";
/** A question that was asked in reply to the answer to a question, and so on: no deeper than this. */
const MOST_QUESTIONS = 4;

/**
 * Answers with a skill when one is meant, else with the language model of the settings, else says how to set one up. Keeps no state: which
 * question is open follows from the history. Skills work without any server. Codes: those of the language model.
 */
export function createResponder(parts: ResponderParts): Responder & {
  /** Loads and tries out what the first answer needs. */
  warmUp(): Promise<void>;
} {
  const languageModel = new OpenAiCompatibleResponder(() => parts.settings().languageModel);
  const isLanguageModelSetUp = () => parts.settings().languageModel.baseUrl !== "";
  return {
    async *respond(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart> {
      const situation = describeSituation(parts, request.history);
      const { answerWithSkills } = await loadSkills();
      const answer = await answerWithSkills(request.text, situation, await findFollowUps(situation));
      if (signal.aborted) return;
      if (answer?.run) yield { kind: "effect", run: answer.run };
      if (answer && answer.say !== "") yield { kind: "text", text: answer.say };
      if (answer?.rest === "") return;
      if (answer) yield { kind: "text", text: " " };
      if (isLanguageModelSetUp())
        yield* languageModel.respond(answer ? { ...request, text: answer.rest } : request, signal);
      else yield { kind: "text", text: answer ? NO_LANGUAGE_MODEL_FOR_REST : NO_LANGUAGE_MODEL };
    },
    async warmUp() {
      const { answerWithSkills } = await loadSkills();
      const situation = describeSituation(parts, []);
      for (const text of WARM_UPS) await answerWithSkills(text, situation, []);
      if (isLanguageModelSetUp()) await warmUpLanguageModel();
    },
  };
}

/** Together they use every library and every pattern. */
const WARM_UPS = [
  "what is two plus two",
  "how many days until christmas",
  "what is the thyme in paris",
  "what time does the train leave",
];

function loadSkills() {
  return import("./skills/skill-book.ts");
}

function describeSituation(
  { settings, nowMs, ...parts }: ResponderParts,
  history: readonly ConversationEntry[],
): Situation {
  return { ...parts, nowMs: nowMs(), settings: settings(), history };
}

/**
 * What the next request may mean because the assistant asked something last: found by answering the user's last request again, which has no
 * side effects, and used if that gives what was said.
 */
async function findFollowUps(situation: Situation, depth = 0): Promise<readonly Intent[]> {
  const { history } = situation;
  const asked = history.at(-1);
  const index = history.findLastIndex(({ speaker }) => speaker === "user");
  const request = history[index];
  if (!request || asked?.speaker !== "assistant" || depth === MOST_QUESTIONS) return [];
  if (!asked.interrupted && !asked.text.endsWith("?")) return [];
  const earlier = { ...situation, history: history.slice(0, index) };
  const { answerWithSkills } = await loadSkills();
  const answer = await answerWithSkills(request.text, earlier, await findFollowUps(earlier, depth + 1));
  if (!answer?.followUps) return [];
  const isSame = asked.interrupted ? answer.say.startsWith(asked.text) : answer.say === asked.text;
  return isSame ? answer.followUps : [];
}
