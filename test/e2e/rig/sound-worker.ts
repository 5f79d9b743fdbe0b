import { closeSync, constants, openSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { ROOM_FRAME_SAMPLES, ROOM_RATE_HZ, SoundRoom } from "./sound-room.ts";
import { SoundRecording } from "./sound-recording.ts";
import { TetheredProcess } from "./tethered-process.ts";

/** What the thread is started with. */
export interface SoundWorkerData {
  readonly env: NodeJS.ProcessEnv;
  readonly fifoPath: string;
  readonly echoRatio: number;
}

/** What the test asks of the thread; each is answered with `{ id, value }`. */
export type SoundQuestion =
  | { readonly kind: "play"; readonly pcm: Float32Array; readonly notBeforeMs: number }
  | { readonly kind: "stop" }
  | { readonly kind: "echo"; readonly ratio: number }
  | { readonly kind: "cut"; readonly device: "speaker" | "microphone"; readonly fromMs: number; readonly toMs: number }
  /** PulseAudio has made a new pipe. */
  | { readonly kind: "microphone-plugged-in" }
  | { readonly kind: "close" };

const TICK_MS = 5;
const FRAME_MS = 10;
/** After a stall this many frames are made up for; the rest is lost, as at a real device. */
const MOST_LATE_FRAMES = 20;

const { env, fifoPath, echoRatio } = workerData as SoundWorkerData;
const room = new SoundRoom(echoRatio);
const recordings = { speaker: new SoundRecording(), microphone: new SoundRecording() };
let fifo = openFifo();
const recorders = [
  record("speaker.monitor", (pcm) => {
    recordings.speaker.append(pcm, nowMs());
    room.hearSpeaker(pcm);
  }),
  record("mic", (pcm) => recordings.microphone.append(pcm, nowMs())),
];
let dueAtMs = nowMs();
let droppedFrames = 0;
const ticking = setInterval(tick, TICK_MS);

parentPort?.on("message", ({ id, question }: { id: number; question: SoundQuestion }) => {
  void answer(question).then((value) => parentPort?.postMessage({ id, value }));
});

async function answer(question: SoundQuestion): Promise<unknown> {
  switch (question.kind) {
    case "play":
      return room.play(question.pcm, question.notBeforeMs);
    case "stop":
      return room.stop(nowMs());
    case "echo":
      return room.setEcho(question.ratio);
    case "cut":
      return recordings[question.device].cut(question.fromMs, question.toMs);
    case "microphone-plugged-in":
      closeSync(fifo);
      fifo = openFifo();
      return undefined;
    case "close":
      return close();
  }
}

/** Read and write, so that opening does not wait for PulseAudio; non-blocking, because a full pipe would stop this thread for good. */
function openFifo(): number {
  return openSync(fifoPath, constants.O_RDWR | constants.O_NONBLOCK);
}

async function close(): Promise<{ droppedFrames: number }> {
  clearInterval(ticking);
  await Promise.all(recorders.map((recorder) => recorder.end()));
  closeSync(fifo);
  setImmediate(() => parentPort?.close());
  return { droppedFrames };
}

function tick(): void {
  const now = nowMs();
  dueAtMs = Math.max(dueAtMs, now - MOST_LATE_FRAMES * FRAME_MS);
  for (; dueAtMs <= now; dueAtMs += FRAME_MS) feed(room.nextFrame(dueAtMs));
}

function feed(frame: Float32Array): void {
  const bytes = new Int16Array(ROOM_FRAME_SAMPLES);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Math.round(Math.max(-1, Math.min(1, frame[index] as number)) * 32_767);
  }
  try {
    writeSync(fifo, new Uint8Array(bytes.buffer));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    droppedFrames += 1;
  }
}

function record(device: string, deliver: (pcm: Float32Array) => void): TetheredProcess {
  const format = ["--format=float32le", `--rate=${ROOM_RATE_HZ}`, "--channels=1", "--raw", "--latency-msec=10"];
  const parec = new TetheredProcess(["parec", `--device=${device}`, ...format], env, {
    stdout: "pipe",
    stderr: "ignore",
  });
  let rest: Buffer = Buffer.alloc(0);
  parec.child.stdout?.on("data", (bytes: Buffer) => {
    const whole = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const usable = whole.length - (whole.length % 4);
    rest = whole.subarray(usable);
    deliver(new Float32Array(new Uint8Array(whole.subarray(0, usable)).buffer));
  });
  return parec;
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
