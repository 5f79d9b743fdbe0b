import type { RequestInput } from "../../src-shared/assistant-contract.ts";
import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import { chooseDuplex, type Duplex } from "../turn/conduct.ts";
import type { SettingsStore } from "./assistant-parts.ts";

/** What was measured for an output is remembered for it. Codes: settings-invalid, settings-unwritable. */
export async function rememberEcho(
  settings: SettingsStore,
  { label, echoReturnLossDb }: RequestInput<"report-output">,
): Promise<Outcome<null>> {
  if (echoReturnLossDb === undefined) return succeeded(null);
  const measured = { ...settings.current.echoReturnLossDb, [label]: echoReturnLossDb };
  const updated = await settings.update({ echoReturnLossDb: measured });
  return updated.ok ? succeeded(null) : updated;
}

/** How the assistant has to behave with this output. */
export function duplexWith({ current }: SettingsStore, outputLabel = ""): Duplex {
  return chooseDuplex(current.echoReturnLossDb[outputLabel]);
}
