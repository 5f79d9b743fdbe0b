import { parentPort, workerData } from "node:worker_threads";
import { assertNever } from "../../src-shared/assert-never.ts";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { nowMs } from "../session-clock.ts";
import type { PlayerEvent } from "../turn/ports.ts";
import { ClockedDevice, type BlockWriter } from "./clocked-device.ts";
import { PlayerLoop } from "./player-loop.ts";
import type { PlayerReply, PlayerRequest, PlayerWorkerData, SinkChoice } from "./player-protocol.ts";
import { PortDevice } from "./port-device.ts";
import type { SpeakerDevice } from "./speaker-device.ts";
import { WavFileWriter } from "./wav-file.ts";

const PUMP_INTERVAL_MS = 4;
const GAIN_RAMP_MS = 20;

const { ring, preRollMs } = workerData as PlayerWorkerData;
const tell = (reply: PlayerReply): void => parentPort?.postMessage(reply);
const emit = (event: PlayerEvent): void => tell(event);
const loop = new PlayerLoop(new PcmRing(ring), { preRollMs, nowMs, emit });
const timer = setInterval(() => loop.pump(), PUMP_INTERVAL_MS);
let finishFile = (): void => undefined;

parentPort?.on("message", (request: PlayerRequest) => {
  switch (request.kind) {
    case "attach":
      return loop.attach(openSink(request.sink));
    case "begin":
      return loop.begin(request.generation, request.requestedAtMs);
    case "release":
      return loop.release(request.generation);
    case "end":
      return loop.end(request.generation, request.totalSamples);
    case "flush":
      return loop.flush();
    case "gain":
      return loop.setGain(request.ratio, GAIN_RAMP_MS);
    case "close":
      clearInterval(timer);
      loop.close();
      finishFile();
      tell({ kind: "closed" });
      return parentPort?.close();
    default:
      return assertNever(request);
  }
});

function openSink(sink: SinkChoice): SpeakerDevice | undefined {
  switch (sink.kind) {
    case "none":
      return undefined;
    case "port":
      return new PortDevice(sink.name, sink.port, (report) => loop.take(report));
    case "null":
      return clocked("null", sink.originAtMs, () => undefined);
    case "wav": {
      const file = WavFileWriter.open(sink.path, { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 });
      if (!file.ok) {
        emit({ kind: "output-failed", failure: file.failure });
        return undefined;
      }
      finishFile = () => {
        const finished = file.value.finish();
        if (!finished.ok) emit({ kind: "output-failed", failure: finished.failure });
      };
      return clocked("file", sink.originAtMs, (block) => file.value.append(block));
    }
    default:
      return assertNever(sink);
  }
}

function clocked(name: string, originAtMs: number, write: BlockWriter): SpeakerDevice {
  return new ClockedDevice({ name, originAtMs, nowMs, write, onReport: (report) => loop.take(report) });
}
