import type { ReplyPart, ReplyRequest, Responder } from "../turn/ports.ts";
import type { SkillBook } from "./skills/skill-book.ts";
import type { Intent, Situation } from "./skills/skill.ts";

/** What {@link SkillsFirstResponder} is made of. */
export interface SkillsFirstParts {
  readonly skills: SkillBook;
  /** Everything a skill may know but the conversation, read anew for every request. */
  readonly situation: () => Omit<Situation, "history">;
  /** Answers what no skill understands; undefined while none is set up. Read anew for every request. */
  readonly languageModel: () => Responder | undefined;
}

/** A question is open for this long. */
const QUESTION_OPEN_MS = 60_000;
const NO_LANGUAGE_MODEL =
  "I can not answer that yet, because no language model is set up. Open the settings and enter the address of a server such as Ollama.";
const NO_LANGUAGE_MODEL_FOR_REST = "I can not help with the rest, because no language model is set up.";

interface OpenQuestion {
  readonly followUps: readonly Intent[];
  readonly openUntilMs: number;
}

/**
 * Answers with a skill when one is meant, else with the language model, else says how to set one up. Which question is open changes by
 * effect only, so that a speculative reply leaves no trace.
 */
export class SkillsFirstResponder implements Responder {
  readonly #parts: SkillsFirstParts;
  #question: OpenQuestion | undefined;

  constructor(parts: SkillsFirstParts) {
    this.#parts = parts;
  }

  async *respond(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart> {
    const situation: Situation = { ...this.#parts.situation(), history: request.history };
    const open = this.#question && situation.nowMs < this.#question.openUntilMs ? this.#question.followUps : [];
    const answer = await this.#parts.skills.answer(request.text, situation, open);
    if (signal.aborted) return;
    yield { kind: "effect", run: () => this.#ask(answer?.followUps, situation.nowMs) };
    if (answer?.run) yield { kind: "effect", run: answer.run };
    if (answer && answer.say !== "") yield { kind: "text", text: answer.say };
    if (answer?.rest === "") return;
    const languageModel = this.#parts.languageModel();
    if (answer) yield { kind: "text", text: " " };
    if (languageModel) yield* languageModel.respond(answer ? { ...request, text: answer.rest } : request, signal);
    else yield { kind: "text", text: answer ? NO_LANGUAGE_MODEL_FOR_REST : NO_LANGUAGE_MODEL };
  }

  #ask(followUps: readonly Intent[] | undefined, nowMs: number): void {
    this.#question = followUps && { followUps, openUntilMs: nowMs + QUESTION_OPEN_MS };
  }
}
