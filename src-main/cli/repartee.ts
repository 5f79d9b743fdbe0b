import { Command, CommanderError } from "commander";
import { FailureError, userSentence } from "../../src-shared/failure.ts";
import { version } from "../version.ts";

/** Exit codes of every command: 0 fine, 1 failure, 2 wrong use. */
const FAILURE = 1;
const WRONG_USE = 2;

const program = new Command("repartee")
  .description("A hands-free voice assistant that runs on your own machine.")
  .version(version)
  .showHelpAfterError("(repartee --help shows how it is used)")
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });

/** One command a file, loaded when it is asked for; all of them for an overview. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  talk: async () => (await import("./talk.ts")).talkCommand(),
  transcribe: async () => (await import("./transcribe.ts")).transcribeCommand(),
  say: async () => (await import("./say.ts")).sayCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
  window: async () => (await import("./window.ts")).windowCommand(),
};
const [asked = ""] = process.argv.slice(2);
for (const name of Object.hasOwn(COMMANDS, asked) ? [asked] : Object.keys(COMMANDS)) {
  program.addCommand((await (COMMANDS[name] as () => Promise<Command>)()).copyInheritedSettings(program));
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says in one line what went wrong and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE;
  if (error instanceof FailureError) {
    const { code, detail } = error.failure;
    console.error(`repartee: ${code}: ${userSentence(code)}${detail ? ` (${detail})` : ""}`);
    return FAILURE;
  }
  console.error(`repartee: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env["REPARTEE_DEBUG"] && error instanceof Error) console.error(error.stack);
  return FAILURE;
}
