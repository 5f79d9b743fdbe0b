import type { LabPlay } from "../../src-shared/playback-lab.ts";

/** What the user has filled in, as typed. What another kind of source says stays for when it is chosen again. */
export interface LabDraft {
  readonly sourceKind: LabPlay["source"]["kind"];
  readonly text: string;
  readonly path: string;
  readonly url: string;
  readonly policy: LabPlay["startPolicy"]["kind"];
  readonly preRollMs: string;
  readonly jitter: string;
  readonly chunkBytes: string;
  readonly seed: string;
}

/** The lab as it opens. */
export const INITIAL_DRAFT: LabDraft = {
  sourceKind: "text",
  text: "Once the first word is heard, nothing may interrupt the rest, however late the next piece of it arrives.",
  path: "",
  url: "",
  policy: "adaptive",
  preRollMs: "150",
  jitter: "",
  chunkBytes: "0",
  seed: "1",
};

/** Ways of arriving that have a name, in the words of `repartee play --jitter`. */
export const JITTER_PRESETS = {
  undisturbed: "",
  wifi: "wifi",
  burst: "burst:20",
  stall: "stall:400@1",
  slow: "rtf:1.2",
  slower: "rtf:1.3",
  loss: "loss",
  slowStart: "slow-start:800",
} as const;

/** Name of a way of arriving. */
export type JitterPreset = keyof typeof JITTER_PRESETS;

/** Largest values that the lab takes. Ms, bytes; the seed has no unit. */
export const LAB_LIMITS = { preRollMs: 5_000, chunkBytes: 1_048_576, seed: 2 ** 31 } as const;

/** The name of a way of arriving; undefined for one that has none. */
export function presetOf(jitter: string): JitterPreset | undefined {
  const entries = Object.entries(JITTER_PRESETS) as [JitterPreset, string][];
  return entries.find(([, spec]) => spec === jitter.trim())?.[0];
}

/** The experiment that the draft describes, or the fields that do not yet say anything usable. */
export function readDraft(draft: LabDraft): {
  readonly request?: LabPlay;
  readonly wrong: ReadonlySet<keyof LabDraft>;
} {
  const source = readSource(draft);
  const preRollMs = draft.policy === "fixed" ? readWhole(draft.preRollMs, LAB_LIMITS.preRollMs) : 0;
  const chunkBytes = readWhole(draft.chunkBytes, LAB_LIMITS.chunkBytes);
  const seed = readWhole(draft.seed, LAB_LIMITS.seed);
  const wrong = new Set<keyof LabDraft>();
  if (!source) wrong.add(draft.sourceKind === "file" ? "path" : draft.sourceKind);
  if (preRollMs === undefined) wrong.add("preRollMs");
  if (chunkBytes === undefined) wrong.add("chunkBytes");
  if (seed === undefined) wrong.add("seed");
  if (!source || preRollMs === undefined || chunkBytes === undefined || seed === undefined) return { wrong };
  const startPolicy =
    draft.policy === "fixed" ? ({ kind: "fixed", preRollMs } as const) : ({ kind: "adaptive" } as const);
  return { wrong, request: { source, startPolicy, jitter: draft.jitter.trim(), chunkBytes, seed } };
}

function readSource({ sourceKind, text, path, url }: LabDraft): LabPlay["source"] | undefined {
  switch (sourceKind) {
    case "text":
      return text.trim() === "" ? undefined : { kind: "text", text: text.trim() };
    case "file":
      return path.trim() === "" ? undefined : { kind: "file", path: path.trim() };
    case "url": {
      const isUrl = /^(?:https?|wss?):\/\/[^/]/i.test(url.trim()) && URL.canParse(url.trim());
      return isUrl ? { kind: "url", url: url.trim() } : undefined;
    }
  }
}

function readWhole(text: string, most: number): number | undefined {
  const isWhole = /^\d+$/.test(text.trim()) && Number(text) <= most;
  return isWhole ? Number(text) : undefined;
}
