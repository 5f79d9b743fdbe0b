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
/** So many questions of skills are remembered, those included that were made for nothing because the user went on. */
const MOST_QUESTIONS = 16;

/** What a skill asked because of a request, and what the next one may mean because of that. */
interface AskedQuestion {
  readonly request: string;
  readonly say: string;
  readonly followUps: readonly Intent[];
}

/**
 * Answers with a skill when one is meant, else with the language model of the settings, else says how to set one up. Which question is
 * open follows from the history. Skills work without any server. Codes: those of the language model.
 */
export function createResponder(parts: ResponderParts): Responder & {
  /** Loads and tries out what the first answer needs. */
  warmUp(): Promise<void>;
} {
  const languageModel = new OpenAiCompatibleResponder(() => parts.settings().languageModel);
  const questions: AskedQuestion[] = [];
  const isLanguageModelSetUp = () => parts.settings().languageModel.baseUrl !== "";
  return {
    async *respond(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart> {
      const situation = describeSituation(parts, request.history);
      const { answerWithSkills } = await loadSkills();
      const answer = await answerWithSkills(request.text, situation, findFollowUps(questions, request.history));
      if (signal.aborted) return;
      if (answer?.followUps) questions.push({ request: request.text, say: answer.say, followUps: answer.followUps });
      if (questions.length > MOST_QUESTIONS) questions.shift();
      if (answer?.run) yield { kind: "effect", run: answer.run };
      const isUnderstood = answer?.rest === "" && !answer.followUps;
      if (answer && answer.say !== "") yield { kind: "text", text: answer.say, isUnderstood };
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
  "what is the thyme in poland",
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

/** What the next request may mean because the assistant asked something last. */
function findFollowUps(questions: readonly AskedQuestion[], history: readonly ConversationEntry[]): readonly Intent[] {
  const asked = history.at(-1);
  const request = history.findLast(({ speaker }) => speaker === "user");
  if (!request || asked?.speaker !== "assistant") return [];
  const question = questions.findLast(
    ({ request: text, say }) =>
      text === request.text && (asked.interrupted ? say.startsWith(asked.text) : say === asked.text),
  );
  return question?.followUps ?? [];
}
