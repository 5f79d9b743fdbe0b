import { formatCommandLine, parseCommandLine } from "../../src-shared/command-line.ts";
import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import type { FieldProblem } from "./field-problem.ts";
import { isServerAddress } from "./is-server-address.ts";

/** Who holds the conversation, as the user writes it: the program and its arguments are one line. */
export interface ConversationDraft extends Omit<ConversationChoice, "command"> {
  readonly commandLine: string;
}

/** The draft of what is saved. */
export function draftOf({ command, ...choice }: ConversationChoice): ConversationDraft {
  return { ...choice, commandLine: formatCommandLine(command) };
}

/** What is saved of a draft without a problem. Of an engine that was not chosen, only what can be used is kept. */
export function choiceOf({ commandLine, url, ...draft }: ConversationDraft): ConversationChoice {
  return { ...draft, command: parseCommandLine(commandLine) ?? [], url: isServerAddress(url, "socket") ? url : "" };
}

/** What keeps a draft from being saved; undefined when nothing does. */
export function problemOf({ engine, commandLine, url }: ConversationDraft): FieldProblem | undefined {
  switch (engine) {
    case "own":
      return undefined;
    case "command": {
      const command = parseCommandLine(commandLine);
      if (!command) return "open-quote";
      return command[0] ? undefined : "no-program";
    }
    case "chat":
      if (url === "") return "no-address";
      return isServerAddress(url, "socket") ? undefined : "bad-address";
  }
}
