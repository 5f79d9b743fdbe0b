import { settingsSchema, type Settings } from "../../../src-shared/settings.ts";
import type { Situation, Skill, SkillAnswer } from "./skill.ts";

const RATE_STEP_RATIO = 1.25;
const VOLUME_STEP_RATIO = 1.5;
const SPEAK = "(speak|talk|say it|read|go|speaking)";
const ABIT = "[a bit|a little|a little bit|much|a lot|even|more|way]";
const VOLUME = "[the|your] (volume|sound|voice)";
const RATE = readRange(settingsSchema.shape.speakingRateRatio.unwrap());
const LOUDNESS = readRange(settingsSchema.shape.volumeRatio.unwrap());

/** Repeats, and changes how fast and how loud the assistant speaks. */
export const voiceSkill: Skill = {
  triggers: [
    "repeat that",
    "repeat",
    "say that again",
    "speak slower",
    "speak faster",
    "slower",
    "faster",
    "louder",
    "quieter",
    "be quieter",
    "volume",
    "turn the volume",
    "turn it up",
    "turn it down",
    "speak",
    "talk a bit",
    "slow down",
  ],
  intents: [
    {
      patterns: [
        "(repeat|repeat that|repeat it|repeat yourself|repeat the last thing|repeat what you said) [again|once more|1 more time|for me]",
        "say (that|it) [1|once] (again|once more|more time|more)",
        "say again",
        "come again",
        "what did you [just] say",
        "what was that [again]",
        "(1 more time|once more|again)",
        "i (did not|could not) (hear|catch|get|understand) (you|that|it|what you said)",
        "i (missed|did not hear|did not catch) (that|it|you|what you said)",
        "(huh|pardon|pardon me|sorry what|excuse me|sorry|say what|what)",
      ],
      answer: (_, { history }) => {
        const last = history.findLast(({ speaker }) => speaker === "assistant");
        return { say: last ? last.text : "I have not said anything yet." };
      },
    },
    {
      patterns: [
        `[${SPEAK}] ${ABIT} (slower|more slowly|slowly)`,
        `${SPEAK} at a slower (speed|rate|pace)`,
        `slow [it|your speech|your voice] down ${ABIT}`,
        `slow down ${ABIT}`,
        `[you are] [speaking|talking|going] too (fast|quickly|quick)`,
        "not so fast",
        "decrease [the|your] [speaking|speech] (speed|rate)",
      ],
      answer: (_, situation) => changeRate(1 / RATE_STEP_RATIO, situation),
    },
    {
      patterns: [
        `[${SPEAK}] ${ABIT} (faster|quicker|more quickly|quickly|fast)`,
        `${SPEAK} at a faster (speed|rate|pace)`,
        `speed [it|your speech|your voice] up ${ABIT}`,
        `speed up ${ABIT}`,
        `[you are] [speaking|talking|going] too (slow|slowly)`,
        "increase [the|your] [speaking|speech] (speed|rate)",
      ],
      answer: (_, situation) => changeRate(RATE_STEP_RATIO, situation),
    },
    {
      patterns: [
        `${SPEAK} (normally|at [a|the|your] normal (speed|rate|pace)|at normal speed)`,
        "[back to|use|return to] [the|your] normal (speed|rate|pace|speaking rate)",
        "reset [the|your] [speaking] (speed|rate)",
      ],
      answer: (_, { changeSettings }) => ({
        say: "I speak at my normal speed again.",
        run: () => changeSettings({ speakingRateRatio: 1 }),
      }),
    },
    {
      patterns: [
        `[${SPEAK}|be|get] ${ABIT} (louder|more loudly)`,
        `speak up ${ABIT}`,
        `(turn|crank|put|bring) ${VOLUME} up ${ABIT}`,
        `(turn|crank|put) (it|yourself) up ${ABIT}`,
        `(turn up|raise|increase|up) ${VOLUME} ${ABIT}`,
        `volume up ${ABIT}`,
        `make (it|yourself) ${ABIT} louder`,
        "[you are] [speaking|talking] too (quiet|quietly|soft|softly)",
        "i can not hear you",
        "i can hardly hear you",
      ],
      answer: (_, situation) => changeVolume(VOLUME_STEP_RATIO, situation),
    },
    {
      patterns: [
        `[${SPEAK}|be|get] ${ABIT} (quieter|softer|more quietly|more softly|quietly|softly|less loud)`,
        `(turn|put|bring) ${VOLUME} down ${ABIT}`,
        `(turn|put) (it|yourself) down ${ABIT}`,
        `(turn down|lower|decrease|reduce) ${VOLUME} ${ABIT}`,
        `volume down ${ABIT}`,
        `make (it|yourself) ${ABIT} (quieter|softer)`,
        "[you are] [speaking|talking] too (loud|loudly)",
        "not so loud",
        "keep it down",
      ],
      answer: (_, situation) => changeVolume(1 / VOLUME_STEP_RATIO, situation),
    },
    {
      patterns: [`(set|turn|put) ${VOLUME} [up|down] (to|at) {number} [percent]`, "volume [to|at] {number} [percent]"],
      answer: ({ number }, { changeSettings }) => {
        const percent = Number(number);
        if (!(percent >= 0 && percent <= 100)) return undefined;
        const volumeRatio = clamp(percent / 100, LOUDNESS);
        return {
          say: `The volume is ${Math.round(volumeRatio * 100)} percent.`,
          run: () => changeSettings({ volumeRatio }),
        };
      },
    },
    {
      patterns: [
        "[set|turn] [the] (full|maximum|max) volume",
        "[set] [the] volume [to|at] [the] (full|maximum|max)",
        `(set|turn|put) ${VOLUME} [all the way] (up|to) [to] [the] (maximum|max|full)`,
      ],
      answer: (_, { changeSettings }) => ({
        say: "The volume is 100 percent.",
        run: () => changeSettings({ volumeRatio: LOUDNESS.max }),
      }),
    },
  ],
};

function changeRate(factor: number, { settings, changeSettings }: Situation): SkillAnswer {
  const speakingRateRatio = clamp(settings.speakingRateRatio * factor, RATE);
  const isFaster = factor > 1;
  if (speakingRateRatio === settings.speakingRateRatio)
    return { say: `I can not speak any ${isFaster ? "faster" : "slower"}.` };
  return { say: `I will speak ${isFaster ? "faster" : "slower"}.`, run: () => changeSettings({ speakingRateRatio }) };
}

function changeVolume(factor: number, { settings, changeSettings }: Situation): SkillAnswer {
  const volumeRatio = clamp(settings.volumeRatio * factor, LOUDNESS);
  const isLouder = factor > 1;
  if (volumeRatio === settings.volumeRatio) return { say: `I can not get any ${isLouder ? "louder" : "quieter"}.` };
  return { say: `I will speak ${isLouder ? "louder" : "more quietly"}.`, run: () => changeSettings({ volumeRatio }) };
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function readRange({
  minValue,
  maxValue,
}: {
  readonly minValue: number | null;
  readonly maxValue: number | null;
}): Range {
  return { min: minValue ?? 0, max: maxValue ?? 1 };
}

function clamp(value: Settings["volumeRatio"], { min, max }: Range): number {
  return Math.round(Math.min(max, Math.max(min, value)) * 100) / 100;
}
