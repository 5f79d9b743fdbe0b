import type { MessagePort } from "node:worker_threads";
import type { SpeakerCommand, SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import type { ReportListener, SpeakerDevice } from "./speaker-device.ts";

/** A device at the other end of a message port: the renderer's playback worklet, reached through a shell. */
export class PortDevice implements SpeakerDevice {
  readonly name: string;
  readonly #port: MessagePort;

  constructor(name: string, port: MessagePort, onReport: ReportListener) {
    this.name = name;
    this.#port = port;
    port.on("message", (report: SpeakerReport) => onReport(report));
  }

  command(message: SpeakerCommand): void {
    this.#port.postMessage(message);
  }

  pcm(generation: number, samples: Float32Array): void {
    this.#port.postMessage({ kind: "pcm", generation, pcm: samples.slice() } satisfies SpeakerCommand);
  }

  async close(): Promise<void> {
    this.#port.close();
  }
}
