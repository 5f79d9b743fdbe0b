/**
 * Who may import whom. A zone is a file or a folder; the first that matches a file counts. `ours`: files and folders of this repository.
 * `packages`: npm packages, or "any" but the fenced ones. `platform`: whether Node's own modules may be imported.
 *
 * @typedef {{ within: string, ours: readonly string[], packages: "any" | readonly string[], platform: boolean }} ImportZone
 */

/** What every stage may use beside its own folder: the vocabulary, the ports, how a reply is spoken, what words mean for a turn, the models and what has no home in one stage. */
const GROUND = [
  "src-shared/",
  "src-main/turn/ports.ts",
  "src-main/turn/growing-text.ts",
  "src-main/turn/speak-sentences.ts",
  "src-main/turn/words/",
  "src-main/files/",
  "src-main/models/",
  "src-main/chosen-engine.ts",
  "src-main/session-clock.ts",
  "src-main/streaming-resampler.ts",
  "src-main/worker-url.ts",
];

const STAGES = ["capture", "detect", "transcribe", "respond", "speak", "play", "wire", "history", "settings"];

/** Packages that one zone alone may import, whatever others say. */
export const FENCED_PACKAGES = ["electron", "onnxruntime-node"];

/** @type {readonly ImportZone[]} */
export const IMPORT_ZONES = [
  { within: "src-shared/", ours: ["src-shared/"], packages: ["zod"], platform: false },
  { within: "src-preload/", ours: ["src-preload/", "src-shared/"], packages: ["electron"], platform: false },
  {
    within: "src-renderer/",
    ours: ["src-renderer/", "src-shared/", "resources/patience-curve.json"],
    packages: ["react", "react-dom", "uplot", "zustand"],
    platform: false,
  },
  { within: "src-main/turn/", ours: ["src-main/turn/", "src-shared/"], packages: [], platform: false },
  { within: "src-main/files/", ours: ["src-main/files/"], packages: [], platform: true },
  {
    within: "src-main/flight-recorder/",
    ours: ["src-main/flight-recorder/", "src-main/files/", "src-main/turn/", "src-shared/"],
    packages: ["zod"],
    platform: true,
  },
  {
    within: "src-main/models/onnx-session.ts",
    ours: ["src-main/models/", "src-shared/"],
    packages: ["onnxruntime-node"],
    platform: true,
  },
  {
    within: "src-main/models/",
    ours: ["src-main/models/", "src-main/files/", "src-main/worker-url.ts", "src-shared/", "resources/models/"],
    packages: "any",
    platform: true,
  },
  ...STAGES.map((stage) => ({
    within: `src-main/${stage}/`,
    ours: [`src-main/${stage}/`, ...GROUND],
    packages: /** @type {const} */ ("any"),
    platform: true,
  })),
  {
    within: "src-main/window/electron-",
    ours: ["src-main/window/", "src-shared/"],
    packages: ["electron"],
    platform: true,
  },
  { within: "src-main/window/", ours: ["src-main/window/", "src-shared/"], packages: "any", platform: true },
  {
    within: "src-main/serve/",
    ours: [
      ...GROUND,
      ...STAGES.map((stage) => `src-main/${stage}/`),
      "src-main/serve/",
      "src-main/turn/",
      "src-main/open-skills.ts",
      "src-main/speak-text.ts",
      "src-main/version.ts",
    ],
    packages: "any",
    platform: true,
  },
  {
    within: "src-main/duplex/",
    ours: ["src-main/duplex/", "src-main/turn/", "src-main/wire/conversation-engine.ts", "src-shared/"],
    packages: [],
    platform: false,
  },
  {
    within: "src-main/open-skills.ts",
    ours: ["src-main/respond/", "src-main/settings/", "src-main/session-clock.ts", "src-shared/"],
    packages: [],
    platform: true,
  },
  { within: "src-main/compose.ts", ours: ["src-main/", "src-shared/"], packages: "any", platform: true },
  { within: "src-main/cli/", ours: ["src-main/", "src-shared/"], packages: "any", platform: true },
  {
    within: "src-main/index.ts",
    ours: ["src-main/compose.ts", "src-main/small-heap.ts", "src-main/window/", "src-shared/"],
    packages: ["electron"],
    platform: true,
  },
  {
    within: "src-main/assistant/",
    ours: [
      "src-main/assistant/",
      "src-main/capture/",
      "src-main/duplex/",
      "src-main/session-clock.ts",
      "src-main/turn/",
      "src-main/window/assistant-endpoint.ts",
      "src-shared/",
    ],
    packages: [],
    platform: false,
  },
  {
    within: "src-main/",
    ours: [
      "src-main/assistant/",
      "src-main/capture/",
      "src-main/session-clock.ts",
      "src-main/turn/",
      "src-shared/",
      "package.json",
    ],
    packages: "any",
    platform: true,
  },
];
