import {
  AUDIO_PORTS_MESSAGE,
  type AssistantBridge,
  type AssistantEvent,
  type RequestInput,
  type RequestName,
  type RequestResults,
} from "../../src-shared/assistant-contract.ts";
import { failed, type Outcome } from "../../src-shared/failure.ts";
import type { CarrierReply, CarrierRequest } from "./carrier-worker-protocol.ts";

/** The contract over one WebSocket, which a worker owns so that audio keeps moving while the page is busy. */
export function createBrowserCarrier(): AssistantBridge {
  const worker = new Worker(new URL("./browser-carrier-worker.ts", import.meta.url), { type: "module" });
  const tell = (message: CarrierRequest, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const listeners = new Set<(event: AssistantEvent) => void>();
  const latest = new Map<AssistantEvent["kind"], AssistantEvent>();
  const pending = new Map<number, (outcome: Outcome<unknown>) => void>();
  let lastId = 0;
  /** Ports die with the connection; the page gets new ones once it is back. */
  let audioIs: "unwanted" | "open" | "lost" = "unwanted";

  const requestAudioPorts = (): void => {
    const [microphone, speaker] = [new MessageChannel(), new MessageChannel()];
    tell({ kind: "audio-ports" }, [microphone.port2, speaker.port2]);
    window.postMessage({ kind: AUDIO_PORTS_MESSAGE }, window.origin, [microphone.port1, speaker.port1]);
    audioIs = "open";
  };
  const publish = (event: AssistantEvent): void => {
    latest.set(event.kind, event);
    for (const listener of listeners) listener(event);
  };
  worker.addEventListener("message", ({ data }: MessageEvent<CarrierReply>) => {
    if (data.kind === "event") return publish(data.event);
    if (data.kind === "answer") {
      pending.get(data.id)?.(data.outcome);
      pending.delete(data.id);
      return;
    }
    publish({ kind: "connection", open: data.open });
    if (data.open) {
      if (audioIs === "lost") requestAudioPorts();
      return;
    }
    if (audioIs === "open") audioIs = "lost";
    for (const resolve of pending.values())
      resolve(failed("protocol-error", "window", "the connection was lost", true));
    pending.clear();
  });

  return {
    shell: "browser",
    request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<Outcome<RequestResults[N]>> {
      const id = ++lastId;
      tell({ kind: "request", id, name, input });
      return new Promise((resolve) => pending.set(id, (outcome) => resolve(outcome as Outcome<RequestResults[N]>)));
    },
    subscribe(listener) {
      listeners.add(listener);
      for (const event of latest.values()) listener(event);
      return () => listeners.delete(listener);
    },
    requestAudioPorts,
  };
}
