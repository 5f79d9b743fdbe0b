import { globSync } from "node:fs";
import { basename, resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

/** Every thread has an entry of its own, flat in out/main, named after its file: what src-main/worker-url.ts relies on. */
const workers = Object.fromEntries(
  globSync("src-main/{detect,transcribe,speak,play}/*-worker.ts").map((path) => [basename(path, ".ts"), resolve(path)]),
);

export default defineConfig({
  main: {
    build: {
      outDir: "out/main",
      target: "node24",
      minify: false,
      sourcemap: false,
      // One file loads faster than many: what is plain JavaScript is bundled, native and WebAssembly packages are not.
      externalizeDeps: {
        exclude: [
          "@ai-sdk/openai-compatible",
          "@bjorn3/browser_wasi_shim",
          "ai",
          "chrono-node",
          "commander",
          "double-metaphone",
          "fastest-levenshtein",
          "libopus-wasm",
          "llama-tokenizer-js",
          "mathjs",
          "opus-decoder",
          "ws",
          "zod",
        ],
      },
      rollupOptions: {
        input: {
          index: resolve("src-main/index.ts"),
          repartee: resolve("src-main/cli/repartee.ts"),
          "audio-streamer": resolve("src-main/play/streamer/audio-streamers.ts"),
          ...workers,
        },
        output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  },
  preload: {
    build: {
      outDir: "out/preload",
      minify: false,
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve("src-preload/index.ts") },
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: "src-renderer",
    plugins: [react()],
    worker: { format: "es" },
    build: {
      outDir: "out/renderer",
      target: "chrome140",
      assetsInlineLimit: 0,
      minify: true,
      rollupOptions: { input: resolve("src-renderer/index.html") },
    },
  },
});
