import { contextBridge, ipcRenderer } from "electron";
import {
  AUDIO_PORTS_MESSAGE,
  type AssistantBridge,
  type AssistantEvent,
  type RequestInput,
  type RequestName,
} from "../src-shared/assistant-contract.ts";
import { CHANNELS } from "../src-shared/electron-channels.ts";
import { wallLeadMs } from "../src-shared/wall-lead.ts";

/** The latest event of each kind, for listeners that come later. */
const latest = new Map<AssistantEvent["kind"], AssistantEvent>();
const listeners = new Set<(event: AssistantEvent) => void>();

ipcRenderer.on(CHANNELS.event, (_, event: AssistantEvent) => {
  latest.set(event.kind, event);
  for (const listener of listeners) listener(event);
});
ipcRenderer.on(CHANNELS.audioPorts, ({ ports }) => {
  window.postMessage({ kind: AUDIO_PORTS_MESSAGE }, window.origin, [...ports]);
});
ipcRenderer.send(CHANNELS.subscribe);

const bridge: AssistantBridge = {
  shell: "electron",
  request: <N extends RequestName>(name: N, input: RequestInput<N>) =>
    ipcRenderer.invoke(CHANNELS.request, name, input) as ReturnType<AssistantBridge["request"]> as never,
  subscribe: (listener) => {
    listeners.add(listener);
    for (const event of latest.values()) listener(event);
    return () => listeners.delete(listener);
  },
  requestAudioPorts: () => ipcRenderer.send(CHANNELS.audioPorts, wallLeadMs(Date, performance)),
};

contextBridge.exposeInMainWorld("assistant", bridge);
