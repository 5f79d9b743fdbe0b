import { defineConfig } from "vitest/config";

/** What runs in real time and waits more than it computes: two at a time. */
const WAITING_TESTS = [
  "test/cli/talk.test.ts",
  "test/compose-distant-engines.test.ts",
  "test/renderer/window*.test.ts",
];

/** What needs the processor for itself: sound in real time, and what is timed. */
const SOUND_TESTS = [
  "test/e2e/*.test.ts",
  "test/e2e/rig/sound-rig.test.ts",
  "test/electron/*.test.ts",
  "test/play/decode/measure-decoders.test.ts",
  "test/renderer/browser-carrier.test.ts",
  "test/renderer/microphone.test.ts",
];

export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: [...WAITING_TESTS, ...SOUND_TESTS],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "waiting",
          include: WAITING_TESTS,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          retry: 1,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "sound",
          include: SOUND_TESTS,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          // A busy machine makes Chromium drop 10 ms of a recording now and then.
          retry: 1,
          setupFiles: "test/e2e/rig/calm-host.ts",
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
