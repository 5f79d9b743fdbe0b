import type { Settings, SettingsPatch } from "../../src-shared/settings.ts";
import type { Responder } from "../turn/ports.ts";
import { OpenAiCompatibleResponder, warmUpLanguageModel } from "./openai-compatible-responder.ts";
import { SkillsFirstResponder } from "./skills-first-responder.ts";
import { alarmSkill } from "./skills/alarm-skill.ts";
import { arithmeticSkill } from "./skills/arithmetic-skill.ts";
import { calendarSkill } from "./skills/calendar-skill.ts";
import { chanceSkill } from "./skills/chance-skill.ts";
import { clockSkill } from "./skills/clock-skill.ts";
import { mannersSkill } from "./skills/manners-skill.ts";
import { loadMathEngine } from "./skills/math-engine.ts";
import { runningTimersSkill } from "./skills/running-timers-skill.ts";
import { SkillBook } from "./skills/skill-book.ts";
import { timerSkill } from "./skills/timer-skill.ts";
import { unitSkill } from "./skills/unit-skill.ts";
import { voiceSkill } from "./skills/voice-skill.ts";
import type { TimerStore } from "./timer-store.ts";

/** What a responder needs of its surroundings. */
export interface ResponderParts {
  /** The settings in force, read anew for every request. */
  readonly settings: () => Settings;
  /** Wall clock, epoch ms. */
  readonly nowMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly changeSettings: (patch: SettingsPatch) => void;
  readonly timers: TimerStore;
}

/** Every skill; of two that understand a request in the same way the first answers. */
const SKILLS = [
  mannersSkill,
  clockSkill,
  timerSkill,
  alarmSkill,
  runningTimersSkill,
  calendarSkill,
  unitSkill,
  arithmeticSkill,
  chanceSkill,
  voiceSkill,
];

/**
 * The responder: skills first, then the language model of the settings, if there is one. `warmUp` loads what the first reply would else have
 * to wait for; without it, that is loaded when it is needed.
 */
export function createResponder(parts: ResponderParts): Responder & { warmUp(): Promise<void> } {
  const languageModel = new OpenAiCompatibleResponder(() => parts.settings().languageModel);
  const responder = new SkillsFirstResponder({
    skills: new SkillBook(SKILLS),
    situation: () => ({
      nowMs: parts.nowMs(),
      random: parts.random,
      timers: parts.timers,
      settings: parts.settings(),
      changeSettings: parts.changeSettings,
    }),
    languageModel: () => (parts.settings().languageModel.baseUrl === "" ? undefined : languageModel),
  });
  return {
    respond: (request, signal) => responder.respond(request, signal),
    warmUp: async () => {
      await loadMathEngine();
      if (parts.settings().languageModel.baseUrl !== "") await warmUpLanguageModel();
    },
  };
}
