import "../small-heap.ts";
import { Command, CommanderError } from "commander";
import { FailureError, userSentence } from "../../src-shared/failure.ts";
import { version } from "../version.ts";

/** Exit codes of every command: 0 fine, 1 failure, 2 wrong use. */
const FAILURE = 1;
const WRONG_USE = 2;

/** One command a file, loaded only when it is named, so that help is there at once. */
const COMMANDS: Record<string, { readonly does: string; readonly load: () => Promise<Command> }> = {
  talk: {
    does: "Holds a hands-free conversation in real time, with a recording as the microphone.",
    load: async () => (await import("./talk.ts")).talkCommand(),
  },
  transcribe: {
    does: "Writes down what is said in a recording.",
    load: async () => (await import("./transcribe.ts")).transcribeCommand(),
  },
  say: { does: "Speaks a text.", load: async () => (await import("./say.ts")).sayCommand() },
  play: {
    does: "Plays a stream, under a simulated network where asked for, and says how it went.",
    load: async () => (await import("./play.ts")).playCommand(),
  },
  doctor: {
    does: "Checks that everything Repartee needs is here and works.",
    load: async () => (await import("./doctor.ts")).doctorCommand(),
  },
  models: {
    does: "Lists the models, and downloads those that you ask for.",
    load: async () => (await import("./models.ts")).modelsCommand(),
  },
  replay: {
    does: "Runs turn-taking again over the recording of a conversation, and says whether it does the same.",
    load: async () => (await import("./replay.ts")).replayCommand(),
  },
  stdio: {
    does: "Hears and speaks framed PCM on standard input and output, as a child of another program.",
    load: async () => (await import("./stdio.ts")).stdioCommand(),
  },
  serve: {
    does: "Serves speech recognition and speech to other programs, by the protocols that they speak.",
    load: async () => (await import("./serve.ts")).serveCommand(),
  },
  worker: {
    does: "Serves what a configuration of moshi-server says.",
    load: async () => (await import("./worker.ts")).workerCommand(),
  },
  window: {
    does: "Opens the assistant's window in a browser on this machine.",
    load: async () => (await import("./window.ts")).windowCommand(),
  },
};

const program = new Command("repartee")
  .description("A hands-free voice assistant that runs on your own machine.")
  .version(version)
  .option("--settings-dir <folder>", "folder of settings and timers, instead of REPARTEE_HOME or the system's own")
  .hook("preAction", () => {
    const { settingsDir } = program.opts<{ readonly settingsDir?: string }>();
    if (settingsDir) process.env["REPARTEE_HOME"] = settingsDir;
  })
  .addHelpText("after", "\nExample:\n  repartee transcribe --help")
  .exitOverride()
  .configureOutput({ outputError: (text) => complain(`${text.replace(/^error: /, "")} (see repartee --help)`) })
  .configureHelp({ showGlobalOptions: true });

for (const [name, { does, load }] of Object.entries(COMMANDS)) {
  const command = process.argv.includes(name, 2) ? await load() : new Command(name);
  program.addCommand(command.description(does).copyInheritedSettings(program));
  for (const part of command.commands) part.copyInheritedSettings(program);
}

// Whoever read the output or the log has gone: the rest of the work may still be wanted.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
process.on("uncaughtException", (error) => process.exit(report(error)));
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
    complain(`${code}: ${userSentence(code)}${detail ? ` (${detail})` : ""}`);
    return FAILURE;
  }
  complain(error instanceof Error ? error.message : String(error));
  if (process.env["REPARTEE_DEBUG"] && error instanceof Error) console.error(error.stack);
  return FAILURE;
}

function complain(text: string): void {
  console.error(`repartee: ${text.trim().replaceAll(/\s*\n\s*/g, " ")}`);
}
