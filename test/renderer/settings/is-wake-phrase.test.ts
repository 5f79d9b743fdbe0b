import { expect, test } from "vitest";
import { isWakePhrase } from "../../../src-renderer/settings/is-wake-phrase.ts";
import { settingsSchema } from "../../../src-shared/settings.ts";

test.each(["hey repartee", "  computer ", "Ök", "a".repeat(60)])(
  "%j is a wake phrase, and the settings take it",
  (text) => {
    expect(isWakePhrase(text)).toBe(true);
    expect(settingsSchema.shape.wakePhrase.safeParse(text).success).toBe(true);
  },
);

test.each(["", " ", "a", "a ".padEnd(61, "b"), "!!", "123", "a 1"])("%j is none", (text) => {
  expect(isWakePhrase(text)).toBe(false);
});
