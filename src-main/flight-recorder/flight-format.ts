import { z } from "zod";
import type { Settings } from "../../src-shared/settings.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import type { Command, Fact } from "../turn/facts.ts";
import type { TurnState } from "../turn/turn-state.ts";
import { parseJson } from "../../src-shared/parse-json.ts";

/** Version of the lines of a flight. A change that older readers do not understand makes a new one. */
export const FLIGHT_FORMAT = 1;

/** One line of a flight: what happened in a conversation, in order. Times are ms on the session clock. */
export type FlightLine =
  /** The first line. `state`: where the machine stood. `settings`: those that matter for turn-taking; no secrets. */
  | {
      readonly kind: "flight";
      readonly format: typeof FLIGHT_FORMAT;
      readonly version: string;
      /** ISO 8601. */
      readonly startedAt: string;
      readonly atMs: number;
      readonly settings: FlightSettings;
      readonly state: TurnState;
    }
  /** The machine took a step. */
  | {
      readonly kind: "step";
      readonly atMs: number;
      readonly fact: Fact;
      readonly commands: readonly Command[];
    }
  /** A turn is over. */
  | { readonly kind: "turn"; readonly turn: TurnView }
  /** Sample `sample` of the WAV file `file` beside the flight was heard at `atMs`; those after it follow it, up to the next such line. */
  | { readonly kind: "audio"; readonly file: string; readonly sample: number; readonly atMs: number }
  /** So many lines could not be written. */
  | { readonly kind: "gap"; readonly dropped: number }
  /** The last line. */
  | {
      readonly kind: "end";
      readonly atMs: number;
      readonly facts: number;
      readonly turns: number;
      readonly samples: number;
    };

/** See {@link FlightLine}. */
export type FlightSettings = Pick<
  Settings,
  "mode" | "patience" | "wakePhrase" | "endOfTurn" | "acknowledgements" | "earcons" | "voice" | "speakingRateRatio"
>;

/** The settings that matter for turn-taking, without secrets. */
export function flightSettings(settings: Settings): FlightSettings {
  const { mode, patience, wakePhrase, endOfTurn, acknowledgements, earcons, voice, speakingRateRatio } = settings;
  return { mode, patience, wakePhrase, endOfTurn, acknowledgements, earcons, voice, speakingRateRatio };
}

const lineSchema = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("flight"), format: z.number(), state: z.looseObject({ phase: z.looseObject({}) }) }),
  z.looseObject({
    kind: z.literal("step"),
    atMs: z.number(),
    fact: z.looseObject({ kind: z.string() }),
    commands: z.array(z.looseObject({ kind: z.string() })),
  }),
  z.looseObject({ kind: z.literal("turn"), turn: z.looseObject({ turnId: z.number() }) }),
  z.looseObject({ kind: z.literal("audio"), file: z.string(), sample: z.number(), atMs: z.number() }),
  z.looseObject({ kind: z.literal("gap"), dropped: z.number() }),
  z.looseObject({ kind: z.literal("end"), facts: z.number() }),
]);

/** Reads one line; undefined when it is not one of a flight. What is inside facts and states is believed. */
export function parseFlightLine(text: string): FlightLine | undefined {
  const parsed = lineSchema.safeParse(parseJson(text));
  return parsed.success ? (parsed.data as unknown as FlightLine) : undefined;
}
