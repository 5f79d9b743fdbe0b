import { Command, InvalidArgumentError } from "commander";
import { createServedProtocols } from "../serve/served-protocols.ts";
import { parseOutputPath } from "./output-path.ts";
import { runServer } from "./run-server.ts";
import { withServerOptions, type ServerOptions } from "./server-options.ts";
import { wholeNumber } from "./whole-number.ts";
import { readText } from "./read-text.ts";

interface ServeOptions extends ServerOptions {
  readonly apiKey?: readonly string[];
  readonly apiKeysFile?: string;
  readonly batchSize: number;
  readonly maxConversations: number;
  readonly logDir?: string;
}

/** `repartee serve`: the engines of this machine for programs that speak one of the wire protocols. */
export function serveCommand(): Command {
  return withServerOptions(new Command("serve"))
    .option("--api-key <key>", "let in only who has this key; may be given several times", collect)
    .option("--api-keys-file <file>", "keys to let in, one a line; not seen by other users of this machine")
    .option("--batch-size <number>", "channels of each moshi-server path", wholeNumber(1, 10_000), 16)
    .option("--max-conversations <number>", "conversations at once; others wait", wholeNumber(1, 100), 1)
    .option("--log-dir <folder>", "keep a daily log there as well", parseOutputPath)
    .addHelpText(
      "after",
      `
GET /health tells what is served at which path. Clients for Moshi and PersonaPlex talk to the assistant at /api/chat, with your settings and
timers. SIGTERM or Ctrl+C lets sessions finish; a second one does not.

Examples:
  repartee serve --port 8090
  repartee serve --addr 0.0.0.0 --api-keys-file keys.txt`,
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const { apiKey, apiKeysFile, batchSize, maxConversations: mostConversations, logDir } = options;
  const fileKeys = apiKeysFile === undefined ? [] : readKeys(apiKeysFile);
  const keys = apiKey || apiKeysFile !== undefined ? [...(apiKey ?? []), ...fileKeys] : undefined;
  await runServer({
    options,
    keys,
    protocols: (surroundings) => createServedProtocols({ ...surroundings, batchSize, mostConversations }),
    ...(logDir !== undefined && { logFiles: { folder: logDir, name: "serve" } }),
  });
}

function collect(key: string, keys: readonly string[] = []): readonly string[] {
  if (key.trim() === "") throw new InvalidArgumentError("It is empty.");
  return [...keys, key];
}

/** The keys of a file: one a line, without white space around; empty lines and those that begin with # do not count. */
function readKeys(path: string): readonly string[] {
  const lines = readText(path)
    .split("\n")
    .map((line) => line.trim());
  const keys = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (keys.length === 0) throw new Error(`there is no key in ${path}`);
  return keys;
}
