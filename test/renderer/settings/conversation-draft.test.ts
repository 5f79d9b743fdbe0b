import { expect, test } from "vitest";
import { choiceOf, draftOf, problemOf } from "../../../src-renderer/settings/conversation-draft.ts";
import { conversationChoiceSchema } from "../../../src-shared/conversation-choice.ts";

const NOTHING = draftOf(conversationChoiceSchema.parse({}));

test.each([
  [{ engine: "own", url: "nonsense", commandLine: "'" }, undefined],
  [{ engine: "command", commandLine: "ssh gpu 'moshi-stdio'", url: "nonsense" }, undefined],
  [{ engine: "command", commandLine: "ssh 'gpu" }, "open-quote"],
  [{ engine: "command", commandLine: "  " }, "no-program"],
  [{ engine: "command", commandLine: "'' x" }, "no-program"],
  [{ engine: "chat", url: "" }, "no-address"],
  [{ engine: "chat", url: "host:8998" }, "bad-address"],
  [{ engine: "chat", url: "ftp://host" }, "bad-address"],
  [{ engine: "chat", url: "wss://host/api/chat?x=1" }, undefined],
  [{ engine: "chat", url: "HTTP://host:8998" }, undefined],
] as const)("what can be saved of %j is what the settings take: %s", (change, problem) => {
  const draft = { ...NOTHING, ...change };
  expect(problemOf(draft)).toBe(problem);
  if (problem === undefined) expect(conversationChoiceSchema.parse(choiceOf(draft))).toEqual(choiceOf(draft));
});

test("what is saved is shown again as it was meant", () => {
  const choice = conversationChoiceSchema.parse({
    engine: "command",
    command: ["/opt/my tools/moshi", "--prompt", ""],
  });
  expect(draftOf(choice).commandLine).toBe(`"/opt/my tools/moshi" --prompt ""`);
  expect(choiceOf(draftOf(choice))).toEqual(choice);
});
