import { Command, Option } from "commander";
import { createServedModules } from "../serve/served-protocols.ts";
import { parseWorkerConfig, type WorkerConfig } from "../serve/worker-config.ts";
import { runServer } from "./run-server.ts";
import { withServerOptions, type ServerOptions } from "./server-options.ts";
import { readText } from "./read-text.ts";

interface WorkerOptions extends ServerOptions {
  readonly config?: string;
}

/** `repartee worker`: serves what a configuration of moshi-server says, by the engines of this machine. */
export function workerCommand(): Command {
  const worker = withServerOptions(new Command("worker").option("--config <file>", "a configuration of moshi-server"))
    .addOption(new Option("--cpu", "accepted; the engines use nothing else"))
    .addHelpText(
      "after",
      `
Modules of the types Asr, BatchedAsr and PyBatchedAsr recognize speech, Py and Tts speak, each at its path with its batch_size. What the file
says about models is named in a warning: the engines bring their own.

Example:
  repartee worker --config config-stt.toml --port 8090`,
    )
    .action(async (options: WorkerOptions, command: Command) => {
      if (options.config === undefined) command.error("error: required option '--config <file>' not specified");
      else await work(options, options.config);
    });
  worker
    .command("validate")
    .description("Says whether configurations can be served, and what of them.")
    .argument("<configs...>", "configurations of moshi-server")
    .addHelpText("after", "\nExample:\n  repartee worker validate config-stt.toml config-tts.toml")
    .action(validate);
  return worker;
}

async function work(options: WorkerOptions, path: string): Promise<void> {
  const config = readConfig(path);
  await runServer({
    options,
    keys: config.authorizedIds,
    protocols: (surroundings) => createServedModules(config.modules, surroundings),
    logFiles: { folder: config.logFolder, name: config.instanceName },
    staticFolder: config.staticFolder,
  });
}

function validate(paths: readonly string[]): void {
  const problems: string[] = [];
  for (const path of paths) {
    try {
      const { modules } = readConfig(path);
      const served = modules.map(
        ({ type, path: at, batchSize }) => `${type} at ${at}${batchSize ? ` for ${batchSize}` : ""}`,
      );
      console.log(`${path}: ${served.join(", ")}`);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw new Error(problems.join("; "));
}

/** Reads a configuration, and names in warnings what of it means nothing here. */
function readConfig(path: string): WorkerConfig {
  const toml = readText(path);
  try {
    const config = parseWorkerConfig(toml, process.env);
    for (const warning of config.warnings) console.error(`repartee: warning: ${path}: ${warning}`);
    return config;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}
