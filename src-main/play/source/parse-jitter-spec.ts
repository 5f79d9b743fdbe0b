import { readFileSync } from "node:fs";
import { parseTrace } from "./arrival-trace.ts";
import { STEADY, type JitterSpec } from "./jitter-spec.ts";

const BURST_CHUNKS = 20;
const WIFI_MOST_MS = 150;
const LOSS_PERCENT = 1;
const FORMS =
  "burst, burst:N, stall:MS@S, rtf:R, wifi, wifi:MS, slow-start:MS, loss, loss:PERCENT, error@S or the path of a trace file";
const NUMBER = String.raw`(\d+(?:\.\d+)?)`;

type Reader = (numbers: readonly (number | undefined)[], spec: JitterSpec) => Partial<JitterSpec>;

const PARTS: readonly { readonly form: RegExp; readonly reads: Reader }[] = [
  {
    form: /^burst(?::(\d+))?$/,
    reads: ([chunks = BURST_CHUNKS]) => ({ burstChunks: within("burst", chunks, 1, 10_000, "chunks") }),
  },
  {
    form: formOf(`stall:${NUMBER}@${NUMBER}`),
    reads: ([durationMs = 0, seconds = 0], { stalls }) => ({
      stalls: [...stalls, { durationMs: within("stall", durationMs, 0, 600_000, "ms"), afterAudioMs: seconds * 1000 }],
    }),
  },
  { form: formOf(`rtf:${NUMBER}`), reads: ([ratio = 1]) => ({ paceRatio: within("rtf", ratio, 0, 100, "") }) },
  {
    form: formOf(`wifi(?::${NUMBER})?`),
    reads: ([mostMs = WIFI_MOST_MS]) => ({ wifiMostMs: within("wifi", mostMs, 0, 60_000, "ms") }),
  },
  {
    form: formOf(`slow-start:${NUMBER}`),
    reads: ([delayMs = 0]) => ({ slowStartMs: within("slow-start", delayMs, 0, 600_000, "ms") }),
  },
  {
    form: formOf(`loss(?::${NUMBER}%?)?`),
    reads: ([percent = LOSS_PERCENT]) => ({ lossProbability: within("loss", percent, 0, 100, "percent") / 100 }),
  },
  { form: formOf(`error@${NUMBER}`), reads: ([seconds = 0]) => ({ errorAfterAudioMs: seconds * 1000 }) },
];

/**
 * Reads what `--jitter` takes: a list of forms with commas between, or the path of a trace file (it has a slash, or ends with .jsonl, .json or
 * .csv). Without `rtf` the pace is real time. Throws an Error of one sentence.
 */
export function parseJitterSpec(
  text: string,
  readFile: (path: string) => string = (path) => readFileSync(path, "utf8"),
): JitterSpec {
  const seen = new Set<string>();
  let spec = STEADY;
  for (const part of text.split(",").map((part) => part.trim())) {
    const name = isPath(part) ? "trace" : (part.split(/[:@]/, 1)[0] ?? part);
    if (seen.has(name) && name !== "stall") throw new Error(`"${text}" says ${name} twice`);
    seen.add(name);
    spec = { ...spec, ...(isPath(part) ? { trace: readTrace(part, readFile) } : readPart(part, spec)) };
  }
  const pace = ["rtf", "burst"].find((name) => seen.has(name));
  if (spec.trace && pace !== undefined) throw new Error(`a trace file sets the pace itself: leave out ${pace}`);
  return spec;
}

function readPart(part: string, spec: JitterSpec): Partial<JitterSpec> {
  for (const { form, reads } of PARTS) {
    const match = form.exec(part);
    if (match)
      return reads(
        match.slice(1).map((group) => (group === undefined ? undefined : Number(group))),
        spec,
      );
  }
  throw new Error(`"${part}" is not a kind of jitter: use ${FORMS}`);
}

function readTrace(path: string, readFile: (path: string) => string): JitterSpec["trace"] & object {
  let text;
  try {
    text = readFile(path);
  } catch (error) {
    const { code = "unknown cause" } = error as NodeJS.ErrnoException;
    throw new Error(
      code === "ENOENT" ? `there is no trace file ${path}` : `the trace ${path} cannot be read (${code})`,
      {
        cause: error,
      },
    );
  }
  return parseTrace(text, path);
}

function isPath(part: string): boolean {
  return /[/\\]|\.(?:jsonl?|csv)$/i.test(part);
}

function formOf(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function within(name: string, value: number, least: number, most: number, unit: string): number {
  if (value >= least && value <= most) return value;
  throw new Error(`${name}:${value} is out of range: use ${least} to ${most} ${unit}`.trimEnd());
}
