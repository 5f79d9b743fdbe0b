import type { AssistantBridge } from "../../src-shared/assistant-contract.ts";
import { createBrowserCarrier } from "./browser-carrier.ts";

declare global {
  interface Window {
    /** Made by Electron's preload script; absent in a browser. */
    assistant?: AssistantBridge;
  }
}

/** The way to the assistant: the preload script's bridge in Electron, else a carrier over a WebSocket. */
export function findBridge(): AssistantBridge {
  return window.assistant ?? createBrowserCarrier();
}
