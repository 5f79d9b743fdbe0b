import { parentPort, workerData } from "node:worker_threads";
import { assertNever } from "../../src-shared/assert-never.ts";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { Failure } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { nowMs } from "../session-clock.ts";
import type { PlayerEvent } from "../turn/ports.ts";
import { AdaptiveStart } from "./adaptive-start.ts";
import { ClockedDevice, type BlockWriter } from "./clocked-device.ts";
import { openNativeDevice } from "./native-device.ts";
import { PlayerLoop } from "./player-loop.ts";
import type { PlayerReply, PlayerRequest, PlayerWorkerData, SinkChoice, StartPolicyChoice } from "./player-protocol.ts";
import { PortDevice } from "./port-device.ts";
import { SourceLedger } from "./source-ledger.ts";
import type { ReportListener, SpeakerDevice } from "./speaker-device.ts";
import { FixedStart, type StartPolicyMaker } from "./start-policy.ts";
import { WavFileWriter } from "./wav-file.ts";

const PUMP_INTERVAL_MS = 4;
const GAIN_RAMP_MS = 20;

const { ring } = workerData as PlayerWorkerData;
const tell = (reply: PlayerReply): void => parentPort?.postMessage(reply);
const emit = (event: PlayerEvent): void => tell(event);
const loop = new PlayerLoop(new PcmRing(ring), { nowMs, emit });
const onReport: ReportListener = (report) => loop.take(report);
let pumping: ReturnType<typeof setInterval> | undefined;
let finishFile = (): void => undefined;
let attachments = 0;

parentPort?.on("message", (request: PlayerRequest) => {
  switch (request.kind) {
    case "attach":
      return void attach(request.sink);
    case "begin":
      return begin(request);
    case "release":
      return loop.release(request.generation);
    case "end":
      return loop.end(request.generation, request.totalSamples);
    case "flush":
      return loop.flush();
    case "pause":
      return loop.setPaused(request.generation, request.paused);
    case "gain":
      return loop.setGain(request.ratio, GAIN_RAMP_MS);
    case "close":
      return void close();
    default:
      return assertNever(request);
  }
});

/** An output that still opens is closed as soon as it is open. */
async function close(): Promise<void> {
  attachments++;
  clearInterval(pumping);
  await loop.close();
  finishFile();
  tell({ kind: "closed" });
  parentPort?.close();
}

function begin(request: Extract<PlayerRequest, { kind: "begin" }>): void {
  const { generation, requestedAtMs, startPolicy, ledger, isLive } = request;
  loop.begin(generation, requestedAtMs, startPolicyMaker(startPolicy), {
    ledger: ledger && new SourceLedger(ledger),
    isLive,
  });
  pumping ??= setInterval(pump, PUMP_INTERVAL_MS);
}

/** The thread sleeps while there is nothing to play. */
function pump(): void {
  loop.pump();
  if (!loop.isIdle) return;
  clearInterval(pumping);
  pumping = undefined;
}

/** Opening a native output takes a while; what is attached in the meantime wins. The file of an earlier sink is complete afterwards. */
async function attach(sink: SinkChoice): Promise<void> {
  const attachment = ++attachments;
  const finishEarlier = finishFile;
  finishFile = () => undefined;
  const opened = sink.kind === "native" ? undefined : openSink(sink);
  if (opened && "code" in opened) loop.attach(undefined, opened);
  else loop.attach(opened);
  finishEarlier();
  if (sink.kind === "native") await attachNative(attachment);
}

async function attachNative(attachment: number): Promise<void> {
  const opened = await openNativeDevice(onReport, (failure) => emit({ kind: "output-failed", failure }));
  if (attachment !== attachments) return opened.ok ? opened.value.close() : undefined;
  if (opened.ok) loop.attach(opened.value);
  else loop.attach(undefined, opened.failure);
}

function openSink(sink: Exclude<SinkChoice, { kind: "native" }>): SpeakerDevice | Failure | undefined {
  switch (sink.kind) {
    case "none":
      return undefined;
    case "port":
      return new PortDevice(sink.name, sink.port, onReport);
    case "null":
      return clocked("null", sink.originAtMs, () => undefined);
    case "wav": {
      const file = WavFileWriter.open(sink.path, { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 });
      if (!file.ok) {
        return file.failure;
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
  return new ClockedDevice({ name, originAtMs, nowMs, write, onReport });
}

function startPolicyMaker(choice: StartPolicyChoice): StartPolicyMaker {
  return choice.kind === "fixed"
    ? () => new FixedStart(choice.preRollMs)
    : (requestedAtMs, known) => new AdaptiveStart(requestedAtMs, known);
}
