import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { FailureError, failure } from "../../src-shared/failure.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import {
  FlightError,
  replayFlight,
  type FlightDifference,
  type FlightReplay,
} from "../flight-recorder/replay-flight.ts";

/** `repartee replay`: runs the turn machine over a recorded conversation; it must come to the same commands. */
export function replayCommand(): Command {
  return new Command("replay")
    .argument("<file.jsonl>", "the recording of a conversation, from the folder flights in the settings folder")
    .addHelpText("after", "\nExample:\n  repartee replay flight.jsonl")
    .action(replay);
}

async function replay(path: string): Promise<void> {
  const { turns, facts, difference, warning } = replayText(path, await readText(path));
  for (const turn of turns) console.log(describeTurn(turn));
  if (warning !== undefined) console.error(`repartee: warning: ${path}: ${warning}`);
  if (difference) {
    console.log(describeDifference(difference));
    process.exitCode = 1;
  } else console.log(`${facts} facts, commands as recorded`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new FailureError(failure("input-missing", "input", path));
    throw new Error(`cannot read ${path}: ${message}`, { cause: error });
  }
}

function replayText(path: string, text: string): FlightReplay {
  try {
    return replayFlight(text);
  } catch (error) {
    if (error instanceof FlightError) throw new Error(`cannot replay ${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

function describeTurn({ turnId, transcript, reply, heard, interrupted, failure }: TurnView): string {
  const said = interrupted ? `${heard} (interrupted)` : reply;
  return `${turnId}. You: ${transcript}  Repartee: ${said}${failure ? ` (${failure.code})` : ""}`;
}

function describeDifference({ factNumber, lineNumber, recorded, got }: FlightDifference): string {
  const { fact, commands } = recorded;
  return [
    `fact ${factNumber} (line ${lineNumber}): ${JSON.stringify(fact)}`,
    `  expected ${JSON.stringify(commands)}`,
    `  got      ${JSON.stringify(got)}`,
  ].join("\n");
}
