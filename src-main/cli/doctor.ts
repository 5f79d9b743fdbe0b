import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { RECOGNITION_RATE_HZ, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { createSileroDetector } from "../detect/silero-detector.ts";
import { modelManifest } from "../models/model-manifest.ts";
import { modelsFolder, readModel } from "../models/model-store.ts";
import { SettingsFile, settingsFolder } from "../settings/settings-file.ts";
import { createFliteSynthesizer } from "../speak/flite-synthesizer.ts";
import { resampleAll } from "../streaming-resampler.ts";
import { createMoonshineTranscriber } from "../transcribe/moonshine-transcriber.ts";
import { version } from "../version.ts";
import { findBrowser } from "./find-browser.ts";

/** One line of the doctor's report. */
interface Finding {
  readonly level: "ok" | "warning" | "failure";
  readonly what: string;
  /** What was found, and for a warning or a failure what to do. */
  readonly detail: string;
}

const LEAST_FREE_BYTES = 200 * 2 ** 20;

/** `repartee doctor`: whether everything that Repartee needs is here and works. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExit code 1 when anything fails; warnings are fine.\n\nExample:\n  repartee doctor --json")
    .action(examine);
}

async function examine({ json }: { readonly json?: boolean }): Promise<void> {
  const findings = [
    checkVersions(),
    await Promise.all([checkModels(), checkEngines(), checkAudio(), checkPort(), checkSettings()]),
    checkWindow(),
  ].flat(2);
  if (json) console.log(JSON.stringify({ findings }, undefined, 2));
  else for (const { level, what, detail } of findings) console.log(`${level.padEnd(8)} ${what}: ${detail}`);
  if (findings.some(({ level }) => level === "failure")) process.exitCode = 1;
}

function checkVersions(): Finding[] {
  const isNode24 = process.versions.node.startsWith("24.");
  return [
    ok("repartee", version),
    isNode24
      ? ok("node", process.version)
      : warning("node", `${process.version}; Repartee is made for Node 24: use npm run`),
    ok("onnxruntime", versionOf("onnxruntime-node")),
  ];
}

function versionOf(packageName: string): string {
  const path = findPackageJSON(packageName, import.meta.url);
  return path ? String(JSON.parse(readFileSync(path, "utf8")).version) : "not installed; run npm install";
}

async function checkModels(): Promise<Finding[]> {
  const folder = modelsFolder();
  return Promise.all(
    modelManifest.map(async ({ id, sha256 }) => {
      const model = await readModel(id, folder);
      return model.ok ? ok(`model ${id}`, `sha256 ${sha256}`) : failure(`model ${id}`, model.failure.detail);
    }),
  );
}

/** Says a sentence, understands it again and checks that the detector calls it speech. */
async function checkEngines(): Promise<Finding[]> {
  const models = { modelsFolder: modelsFolder() };
  const [detector, transcriber, synthesizer] = [
    createSileroDetector(models),
    createMoonshineTranscriber(models),
    createFliteSynthesizer(models),
  ];
  try {
    const findings: Finding[] = [];
    const loaded = async (what: string, ready: Promise<Outcome<{ readonly loadMs: number }>>): Promise<boolean> => {
      const outcome = await ready;
      findings.push(
        outcome.ok
          ? ok(what, `loaded in ${Math.round(outcome.value.loadMs)} ms`)
          : failure(what, outcome.failure.detail),
      );
      return outcome.ok;
    };
    const all = await Promise.all([
      loaded("speech detection", detector.ready),
      loaded("speech recognition", transcriber.ready),
      loaded("speech synthesis", synthesizer.ready),
    ]);
    if (!all.every(Boolean)) return findings;
    const buffer = PcmRing.allocate(10 * PLAYBACK_RATE_HZ);
    const ring = new PcmRing(buffer);
    ring.setGeneration(1);
    const request = { text: "All systems are working.", voice: "slt", rateRatio: 1, ring: buffer, generation: 1 };
    const spoken = await synthesizer.speak(request);
    const pcm = new Float32Array(ring.availableSamples);
    ring.read(pcm, pcm.length);
    const heard = await resampleAll(pcm, PLAYBACK_RATE_HZ, RECOGNITION_RATE_HZ);
    const understood = await transcriber.transcribe({ pcm: heard }, new AbortController().signal);
    const speech = await detector.detect(heard.slice(8_000, 8_512));
    const text = understood.ok ? understood.value.text : "";
    const works = spoken.ok && speech.ok && /systems are working/i.test(text);
    findings.push(
      works
        ? ok("self-test", `said and understood "${text}"`)
        : failure("self-test", `understood "${text}" instead of the test sentence`),
    );
    return findings;
  } finally {
    await Promise.all([detector.close(), transcriber.close(), synthesizer.close()]);
  }
}

async function checkAudio(): Promise<Finding[]> {
  if (process.platform !== "linux") return [ok("audio devices", "the browser or Electron asks the system for them")];
  return Promise.all([listDevices("microphones"), listDevices("speakers")]);
}

/** What PulseAudio or PipeWire offers, or where neither answers, what ALSA does. */
async function listDevices(what: "microphones" | "speakers"): Promise<Finding> {
  const pulse = await listingOf("pactl", ["list", "short", what === "speakers" ? "sinks" : "sources"]);
  const alsa = pulse ?? (await listingOf(what === "speakers" ? "aplay" : "arecord", ["-l"]));
  if (alsa === undefined)
    return warning(what, "no sound system answers; start PulseAudio or PipeWire, or type instead");
  const names = pulse
    ? pulse.split("\n").map((line) => line.split("\t")[1] ?? "")
    : alsa.split("\n").filter((line) => line.startsWith("card "));
  const found = names.filter((name) => name !== "" && (what === "speakers" || !name.endsWith(".monitor")));
  return found.length > 0 ? ok(what, found.join(", ")) : warning(what, "none found; plug one in");
}

async function listingOf(program: string, args: readonly string[]): Promise<string | undefined> {
  const listing = await promisify(execFile)(program, args, { timeout: 3_000 }).catch(() => undefined);
  return listing?.stdout;
}

function checkWindow(): Finding[] {
  const binary = join(import.meta.dirname, "..", "..", "node_modules", "electron", "dist");
  const electron = process.versions["electron"] ?? (existsSync(binary) ? "installed" : undefined);
  const browser = findBrowser();
  return [
    electron ? ok("electron", electron) : warning("electron", "not installed; npm start opens a browser instead"),
    browser
      ? ok("browser", browser)
      : warning("browser", "no Chromium, Chrome or Edge found; open the printed address in any browser"),
  ];
}

async function checkPort(): Promise<Finding[]> {
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer()
      .once("error", () => resolve(false))
      .listen(0, "127.0.0.1", () => server.close(() => resolve(true)));
  });
  return [
    isFree
      ? ok("loopback", "a port on 127.0.0.1 can be opened")
      : failure("loopback", "no port on 127.0.0.1 can be opened"),
  ];
}

async function checkSettings(): Promise<Finding[]> {
  const folder = settingsFolder();
  const { problem } = await SettingsFile.open(folder);
  const disk = await statfs(existsSync(folder) ? folder : "/").catch(() => undefined);
  const freeBytes = disk ? disk.bavail * disk.bsize : LEAST_FREE_BYTES;
  return [
    problem.ok ? ok("settings", folder) : warning("settings", `${problem.failure.detail}; the defaults are in use`),
    freeBytes >= LEAST_FREE_BYTES
      ? ok("disk", `${Math.round(freeBytes / 2 ** 30)} GiB free`)
      : warning("disk", `only ${Math.round(freeBytes / 2 ** 20)} MiB free; make room`),
  ];
}

function ok(what: string, detail: string): Finding {
  return { level: "ok", what, detail };
}

function warning(what: string, detail: string): Finding {
  return { level: "warning", what, detail };
}

function failure(what: string, detail: string): Finding {
  return { level: "failure", what, detail };
}
