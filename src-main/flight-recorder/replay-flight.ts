import { isDeepStrictEqual } from "node:util";
import type { TurnView } from "../../src-shared/turn-view.ts";
import type { Command } from "../turn/facts.ts";
import { step } from "../turn/machine.ts";
import { CLOSED, type TurnState } from "../turn/turn-state.ts";
import { FLIGHT_FORMAT, parseFlightLine, type FlightLine } from "./flight-format.ts";

/** Where the machine of today does something else than what was recorded. */
export interface FlightDifference {
  /** The first fact is number 1. */
  readonly factNumber: number;
  readonly lineNumber: number;
  readonly recorded: FlightStep;
  readonly got: readonly Command[];
}

/** See {@link FlightLine}. */
export type FlightStep = FlightLine & { readonly kind: "step" };

/** How a replay went. */
export interface FlightReplay {
  /** Facts that came to the same commands. */
  readonly facts: number;
  readonly turns: readonly TurnView[];
  readonly difference?: FlightDifference;
  /** Why not everything was replayed: a missing end, or lines that could not be recorded. */
  readonly warning?: string;
}

/** Thrown by {@link replayFlight} with a sentence about what is wrong with the recording. */
export class FlightError extends Error {}

/** Runs the machine over the facts of a recording. Throws a {@link FlightError} when it is not a recording, or a damaged one. */
export function replayFlight(text: string): FlightReplay {
  const lines = text.split("\n");
  const isTorn = lines.pop() !== "";
  let isWhole = false;
  const turns: TurnView[] = [];
  let state = startOf(lines[0] ?? text);
  let facts = 0;
  for (const [index, line] of lines.entries()) {
    const lineNumber = index + 1;
    const read = parseFlightLine(line);
    if (!read) throw new FlightError(`line ${lineNumber} is damaged`);
    if (read.kind === "gap")
      return { facts, turns, warning: `${read.dropped} lines are missing at line ${lineNumber}: replayed up to there` };
    isWhole = read.kind === "end";
    if (read.kind === "turn") turns.push(read.turn);
    if (read.kind !== "step") continue;
    const next = takeStep(state, read, lineNumber);
    // What the file holds has been JSON.
    const got = JSON.parse(JSON.stringify(next.commands)) as readonly Command[];
    if (!isDeepStrictEqual(got, read.commands))
      return { facts, turns, difference: { factNumber: facts + 1, lineNumber, recorded: read, got } };
    state = next.state;
    facts += 1;
  }
  if (isWhole && !isTorn) return { facts, turns };
  return { facts, turns, warning: isTorn ? "the last line is cut off" : "its end is missing" };
}

function startOf(line: string): TurnState {
  const read = parseFlightLine(line);
  if (read?.kind === "gap") throw new FlightError("its beginning is missing");
  if (read?.kind !== "flight") throw new FlightError("it is not the recording of a conversation");
  const format: number = read.format;
  if (format !== FLIGHT_FORMAT) throw new FlightError(`it has format ${format}, not ${FLIGHT_FORMAT}`);
  return { ...CLOSED, ...read.state };
}

function takeStep(state: TurnState, { fact, atMs }: FlightStep, lineNumber: number): ReturnType<typeof step> {
  try {
    return step(state, fact, atMs);
  } catch {
    throw new FlightError(`the fact in line ${lineNumber} is damaged`);
  }
}
