import { join } from "node:path";
import type { Outcome } from "../src-shared/failure.ts";
import { createResponder } from "./respond/create-responder.ts";
import { TimerStore } from "./respond/timer-store.ts";
import { wallClock } from "./session-clock.ts";
import { jsonStorage } from "./settings/json-storage.ts";
import { SettingsFile } from "./settings/settings-file.ts";

/** What answers, and what it keeps in the user's folder. */
export interface OpenSkills {
  readonly settings: SettingsFile;
  /** What was wrong with the settings file, if anything. */
  readonly settingsProblem: Outcome<null>;
  readonly timers: TimerStore;
  readonly responder: ReturnType<typeof createResponder>;
}

/** Opens settings and timers in a folder, and makes the responder on them. */
export async function openSkills(folder: string): Promise<OpenSkills> {
  const [{ file: settings, problem: settingsProblem }, storage] = await Promise.all([
    SettingsFile.open(folder),
    jsonStorage(join(folder, "timers.json")),
  ]);
  const timers = new TimerStore({ ...wallClock, storage });
  const responder = createResponder({
    settings: () => settings.current,
    nowMs: () => wallClock.nowMs(),
    random: Math.random,
    changeSettings: (patch) => void settings.update(patch),
    timers,
  });
  return { settings, settingsProblem, timers, responder };
}
