import type { Settings, SettingsPatch } from "../../../src-shared/settings.ts";
import type { ConversationEntry } from "../../turn/ports.ts";
import type { TimerStore } from "../timer-store.ts";

/** What a skill may know and use. Whatever changes something belongs into {@link SkillAnswer.run}. */
export interface Situation {
  /** Wall clock, epoch ms, at which the request is answered. */
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly history: readonly ConversationEntry[];
  readonly timers: TimerStore;
  readonly settings: Settings;
  readonly changeSettings: (patch: SettingsPatch) => void;
}

/** What a skill answers. */
export interface SkillAnswer {
  /** To be spoken; empty for nothing. */
  readonly say: string;
  /** Its effect, run once the turn is decided. */
  readonly run?: () => void;
  /** What the next request may mean because of the question asked in `say`. */
  readonly followUps?: readonly Intent[];
}

/** Values of a pattern's slots. */
export type Slots = Readonly<Record<string, string | undefined>>;

/** One thing that a user may want, with the ways to say it; see `compilePattern`. */
export interface Intent {
  readonly patterns: readonly string[];
  /** Undefined when the slots hold something that the intent does not understand, which makes it another's turn. */
  readonly answer: (slots: Slots, situation: Situation) => SkillAnswer | undefined | Promise<SkillAnswer | undefined>;
}

/** A group of intents, tried in order. */
export interface Skill {
  /** Words and phrases by which the skill is recognized even when they were misheard. */
  readonly triggers: readonly string[];
  readonly intents: readonly Intent[];
}
