import type { Settings } from "../../src-shared/settings.ts";
import { isServerAddress } from "./is-server-address.ts";

/** Settings of an engine that may be a server. */
export type EngineSettings = Settings["recognition"] | Settings["speech"];

const MOST_ADDRESSES = 8;

/** Addresses out of what the user wrote into one field. */
export function splitAddresses(text: string): string[] {
  return text.split(/[\s,]+/).filter((address) => address !== "");
}

/** Whether an engine can be asked at these addresses: the embedded one needs none, OpenAI's interface takes several, others one. */
export function areServerAddresses(engine: EngineSettings["engine"], addresses: readonly string[]): boolean {
  if (engine === "embedded") return true;
  const most = engine === "openai" ? MOST_ADDRESSES : 1;
  const isAddress = (address: string): boolean =>
    isServerAddress(engine === "openai" ? address : address.replace(/^ws(?=s?:)/i, "http"));
  return addresses.length > 0 && addresses.length <= most && addresses.every(isAddress);
}
