import { Command, Option } from "commander";
import type { Failure } from "../../src-shared/failure.ts";
import { settingsFolder } from "../settings/settings-file.ts";
import { AUTO_DRAIN_FRAMES, DEFAULT_DRAIN_FRAMES, runFramedPcm } from "../wire/framed-pcm/framed-pcm-runtime.ts";
import { DEFAULT_MOST_PAYLOAD_BYTES } from "../wire/framed-pcm/packet-codec.ts";
import { unwrap } from "./unwrap.ts";
import { warn } from "./warn.ts";
import { wholeNumber } from "./whole-number.ts";

/** Options of `moshi-stdio` that choose or tune its model, which is not the one here. */
const OPTIONS_WITHOUT_MEANING = [
  "--voice-prompt <name>",
  "--voice-prompt-dir <folder>",
  "--text-prompt <text>",
  "--tokenizer <file>",
  "--moshi-weight <file>",
  "--mimi-weight <file>",
  "--hf-repo <name>",
  "--temp-audio <number>",
  "--temp-text <number>",
  "--topk-audio <number>",
  "--topk-text <number>",
  "--greedy",
  "--device <name>",
  "--cpu-offload",
  "--seed <number>",
  "--read-size <bytes>",
].map((flags) => new Option(flags).hideHelp());

interface StdioOptions {
  readonly maxPayloadBytes: number;
  readonly eofDrainFrames: number;
}

/** `repartee stdio`: the assistant as a child process that hears and speaks framed PCM. */
export function stdioCommand(): Command {
  const command = new Command("stdio")
    .option(
      "--max-payload-bytes <number>",
      "longest packet that is taken, its kind included",
      wholeNumber(1, 2 ** 31),
      DEFAULT_MOST_PAYLOAD_BYTES,
    )
    .option(
      "--eof-drain-frames <number>",
      "frames of 80 ms to go on for, in silence, after the end of the input; -1 for 1",
      wholeNumber(AUTO_DRAIN_FRAMES, 1_000_000),
      DEFAULT_DRAIN_FRAMES,
    )
    .addHelpText(
      "after",
      `
Packets on standard input and output: the length of what follows in 4 bytes, lowest first; a byte for the kind; the content. Kinds: 0 ready,
1 sound (24 kHz, 16 bits, one channel), 2 text, 5 error. For every 1920 samples in, 1920 samples come out. The options of moshi-stdio are
accepted; those that tune its model change nothing.

Exit codes: 0 after the end of the input, or when nobody reads the output; 1 when it could not start; 2 when a length is wrong.

Example:
  repartee stdio --eof-drain-frames 100 < question.packets > answer.packets`,
    )
    .action(runStdio);
  for (const option of OPTIONS_WITHOUT_MEANING) command.addOption(option);
  return command;
}

async function runStdio(options: StdioOptions, command: Command): Promise<void> {
  const write = keepOutputForPackets();
  const ignored = OPTIONS_WITHOUT_MEANING.filter((option) => command.getOptionValueSource(option.attributeName()));
  if (ignored.length > 0)
    console.error(`repartee: warning: ${ignored.map(({ long }) => long).join(", ")}: without meaning here`);
  const { openStdioAssistant } = await import("../serve/stdio/stdio-assistant.ts");
  const assistant = unwrap(await openStdioAssistant(settingsFolder(), (failure: Failure) => warn(failure)));
  try {
    process.exitCode = await runFramedPcm(assistant, { input: process.stdin, write }, options);
  } finally {
    process.stdin.destroy();
    await assistant.close();
  }
}

/**
 * What anything else writes to standard output goes to standard error from now on. The returned function writes packets, and says once they
 * are written whether somebody is still there to read.
 */
function keepOutputForPackets(): (bytes: Uint8Array) => Promise<boolean> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return (bytes) => new Promise((resolve) => write(bytes, (error) => resolve(!error)));
}
