import type { Settings } from "../../src-shared/settings.ts";
import type { FieldProblem } from "./field-problem.ts";
import { isServerAddress } from "./is-server-address.ts";

/** Settings of an engine that may be a server. In a draft, `urls` is what the user wrote, in one piece. */
export type EngineSettings = Settings["recognition"] | Settings["speech"];

const MOST_ADDRESSES = 8;

/** The settings of a draft: its addresses taken apart. */
export function settingsOf<T extends EngineSettings>(draft: T): T {
  return { ...draft, urls: addressesOf(draft) };
}

/** What keeps a draft from being saved: the embedded engine needs no address, OpenAI's interface takes several, others one. */
export function problemOfServer(draft: Pick<EngineSettings, "engine" | "urls">): FieldProblem | undefined {
  const { engine } = draft;
  if (engine === "embedded") return undefined;
  const addresses = addressesOf(draft);
  if (addresses.length === 0) return "no-address";
  const isOpenAi = engine === "openai";
  const kind = isOpenAi ? "http" : "socket";
  const fit = addresses.length <= (isOpenAi ? MOST_ADDRESSES : 1);
  if (fit && addresses.every((address) => isServerAddress(address, kind))) return undefined;
  return isOpenAi ? "bad-http-addresses" : "bad-address";
}

function addressesOf({ urls }: Pick<EngineSettings, "urls">): string[] {
  return urls
    .join(" ")
    .split(/[\s,]+/)
    .filter((address) => address !== "");
}
