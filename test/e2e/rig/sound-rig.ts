import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ClipTimes } from "./sound-room.ts";
import type { SoundQuestion, SoundWorkerData } from "./sound-worker.ts";
import { findProgram, TetheredProcess } from "./tethered-process.ts";

const PROGRAMS = ["pulseaudio", "pactl", "parec"];
const START_TIMEOUT_MS = 15_000;

/** How to start a rig. */
export interface SoundRigOptions {
  /** A virtual screen, for browsers with a window. */
  readonly screen?: boolean;
  /** Amplitude ratio of the speaker that the microphone hears again. 0, the default, is a headset. */
  readonly echoRatio?: number;
}

/** A virtual sound card: what is played into `play` the browser hears, what it plays is found in `cut`. All PCM is mono at 48 kHz. */
export interface SoundRig {
  /** Private folder for profiles and files of the test; gone after `close`. */
  readonly folder: string;
  /** Environment for programs that are to use this sound card and screen. */
  readonly env: NodeJS.ProcessEnv;
  /** Speaks into the microphone, now or at an instant (epoch ms). Resolves when the last sample was handed over. */
  play(pcm: Float32Array, notBeforeMs?: number): Promise<ClipTimes>;
  /** Breaks off all clips. */
  stopPlaying(): Promise<void>;
  setEcho(ratio: number): Promise<void>;
  /** What left the speaker between two instants, epoch ms. */
  cut(fromMs: number, toMs: number): Promise<Float32Array>;
  /** What arrived at the microphone: the ground truth of `play`. */
  cutMicrophone(fromMs: number, toMs: number): Promise<Float32Array>;
  /** Asks something of the sound server, as `pactl` does, and gives its answer. */
  control(...command: string[]): string;
  /** The microphone is gone; `play` goes nowhere. */
  unplugMicrophone(): void;
  /** The same microphone again. */
  plugInMicrophone(): Promise<void>;
  /** Ends everything and removes the folder. `droppedFrames`: 10 ms frames that PulseAudio did not take. */
  close(): Promise<{ readonly droppedFrames: number }>;
}

/** Why no rig can be started on this machine; undefined when one can. */
export function skipReason(options: SoundRigOptions = {}): string | undefined {
  if (process.platform !== "linux") return "the sound rig needs Linux";
  const missing = [...PROGRAMS, ...(options.screen ? ["Xvfb"] : [])].filter((name) => !findProgram(name));
  return missing.length > 0 ? `not installed: ${missing.join(", ")}` : undefined;
}

/**
 * Starts a private PulseAudio with a speaker and a microphone that exist only for this process, and a thread that feeds one and records the
 * other. Several rigs do not disturb each other. Everything ends with this process, however it ends.
 */
export async function startSoundRig(options: SoundRigOptions = {}): Promise<SoundRig> {
  const folder = mkdtempSync(join(tmpdir(), "repartee-rig-"));
  const home = join(folder, "home");
  mkdirSync(home);
  const fifoPath = join(folder, "mic.fifo");
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: home,
    XDG_RUNTIME_DIR: folder,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_CACHE_HOME: join(home, ".cache"),
    PULSE_RUNTIME_PATH: join(folder, "pulse"),
    PULSE_STATE_PATH: join(folder, "pulse-state"),
    PULSE_CONFIG: join(folder, "daemon.conf"),
    PULSE_SERVER: `unix:${join(folder, "pulse", "native")}`,
  };
  delete env["DISPLAY"];
  const programs = [startPulseAudio(folder, fifoPath, env)];
  try {
    await untilAnswering(env, programs[0] as TetheredProcess, folder);
    if (options.screen) programs.push(await startScreen(env));
  } catch (error) {
    await endAll(programs, folder);
    throw error;
  }
  const workerData: SoundWorkerData = { env, fifoPath, echoRatio: options.echoRatio ?? 0 };
  const thread = new SoundThread(workerData);
  return {
    folder,
    env,
    play: (pcm, notBeforeMs = 0) => thread.ask<ClipTimes>({ kind: "play", pcm, notBeforeMs }),
    stopPlaying: () => thread.ask<void>({ kind: "stop" }),
    setEcho: (ratio) => thread.ask<void>({ kind: "echo", ratio }),
    cut: (fromMs, toMs) => thread.ask<Float32Array>({ kind: "cut", device: "speaker", fromMs, toMs }),
    control: (...command) => control(env, command),
    unplugMicrophone: () => void control(env, ["unload-module", "module-pipe-source"]),
    plugInMicrophone: async () => {
      control(env, ["load-module", "module-pipe-source", ...microphone(fifoPath)]);
      control(env, ["set-default-source", "mic"]);
      await thread.ask<void>({ kind: "microphone-plugged-in" });
    },
    cutMicrophone: (fromMs, toMs) => thread.ask<Float32Array>({ kind: "cut", device: "microphone", fromMs, toMs }),
    close: async () => {
      const counts = await thread.ask<{ droppedFrames: number }>({ kind: "close" });
      await thread.ended;
      await endAll(programs, folder);
      return counts;
    },
  };
}

/** The thread that feeds and records, asked from the test. */
class SoundThread {
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #open = new Map<number, { resolve: (value: never) => void; reject: (reason: Error) => void }>();
  #lastId = 0;

  constructor(workerData: SoundWorkerData) {
    this.#worker = new Worker(new URL("./sound-worker.ts", import.meta.url), { workerData });
    this.#worker.on("message", ({ id, value }: { id: number; value: never }) => {
      this.#open.get(id)?.resolve(value);
      this.#open.delete(id);
    });
    this.#worker.on("error", (error: Error) => {
      for (const { reject } of this.#open.values()) reject(error);
    });
    this.ended = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
  }

  ask<T>(question: SoundQuestion): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#open.set(++this.#lastId, { resolve, reject });
      this.#worker.postMessage({ id: this.#lastId, question });
    });
  }
}

function startPulseAudio(folder: string, fifoPath: string, env: NodeJS.ProcessEnv): TetheredProcess {
  // Chromium takes its hardware rate from the server's default, not from the sink. Rewinds garble what the monitor hears.
  const daemon = [
    "default-sample-rate = 48000",
    "alternate-sample-rate = 48000",
    "default-sample-format = float32le",
    "default-sample-channels = 2",
    "avoid-resampling = yes",
    "exit-idle-time = -1",
    "flat-volumes = no",
  ];
  const speaker = "sink_name=speaker rate=48000 channels=2 format=float32le norewinds=1";
  const modules = [
    "load-module module-native-protocol-unix auth-anonymous=1",
    `load-module module-null-sink ${speaker} sink_properties=device.description=Rig_Speaker`,
    `load-module module-pipe-source ${microphone(fifoPath).join(" ")}`,
    "set-default-sink speaker",
    "set-default-source mic",
  ];
  writeFileSync(join(folder, "daemon.conf"), `${daemon.join("\n")}\n`);
  writeFileSync(join(folder, "rig.pa"), `${modules.join("\n")}\n`);
  const log = openSync(join(folder, "pulseaudio.log"), "w");
  const flags = ["-n", "--daemonize=no", "--use-pid-file=no", "--disallow-exit", "--log-target=stderr"];
  const priority = ["--exit-idle-time=-1", "--realtime=yes", "--high-priority=yes", "-F", join(folder, "rig.pa")];
  const pulseAudio = new TetheredProcess(["pulseaudio", ...flags, ...priority], env, { stdout: "ignore", stderr: log });
  closeSync(log);
  return pulseAudio;
}

function microphone(fifoPath: string): string[] {
  const format = ["rate=48000", "channels=1", "format=s16le"];
  return ["source_name=mic", `file=${fifoPath}`, ...format, "source_properties=device.description=Rig_Microphone"];
}

function control(env: NodeJS.ProcessEnv, command: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("pactl", command, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`pactl ${command.join(" ")}: ${stderr.trim()}`);
  return stdout.trim();
}

async function untilAnswering(env: NodeJS.ProcessEnv, pulseAudio: TetheredProcess, folder: string): Promise<void> {
  const deadlineAtMs = performance.now() + START_TIMEOUT_MS;
  while (spawnSync("pactl", ["info"], { env, stdio: "ignore" }).status !== 0) {
    if (pulseAudio.hasEnded || performance.now() > deadlineAtMs) {
      throw new Error(`PulseAudio did not start: ${readFileSync(join(folder, "pulseaudio.log"), "utf8")}`);
    }
    await sleep(100);
  }
}

/** Starts Xvfb on a free display, which it chooses itself and tells on its standard output. */
async function startScreen(env: NodeJS.ProcessEnv): Promise<TetheredProcess> {
  const command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"];
  const xvfb = new TetheredProcess(command, env, { stdout: "pipe", stderr: "ignore" });
  const display = await Promise.race([
    new Promise<string>((resolve) => xvfb.child.stdout?.once("data", (bytes: Buffer) => resolve(String(bytes).trim()))),
    xvfb.ended.then(() => undefined),
  ]);
  if (display === undefined) throw new Error("Xvfb did not start");
  env["DISPLAY"] = `:${display}`;
  return xvfb;
}

async function endAll(programs: readonly TetheredProcess[], folder: string): Promise<void> {
  await Promise.all(programs.map((program) => program.end()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
