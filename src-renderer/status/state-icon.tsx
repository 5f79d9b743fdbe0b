import type { ReactNode } from "react";
import type { ShownState } from "./shown-state.ts";

const MICROPHONE =
  "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4ZM7 11.5a5 5 0 0 0 10 0M12 16.5V20";
const DOTS = "M7 12h.01M12 12h.01M17 12h.01";

const PATHS: Record<ShownState, string> = {
  starting: DOTS,
  waiting: MICROPHONE,
  listening: MICROPHONE,
  hearing: "M5 10v4M8.5 7v10M12 9v6M15.5 5v14M19 10v4",
  deciding: DOTS,
  responding: DOTS,
  speaking: "M5 10v4h3l4 3.5v-11L8 10H5ZM15.5 9.5a4 4 0 0 1 0 5M18 7a7.5 7.5 0 0 1 0 10",
  paused: "M9 7v10M15 7v10",
  asleep: "M17 14.5A6.5 6.5 0 0 1 9.5 7 6.5 6.5 0 1 0 17 14.5Z",
  ready: MICROPHONE,
  muted: `${MICROPHONE}M5 5l14 14`,
  failed: "M12 6v7M12 17h.01",
  reconnecting: "M12 6v7M12 17h.01",
};

/** The state as a picture, so that it is not told by colour alone. */
export function StateIcon({ state }: { readonly state: ShownState }): ReactNode {
  const isDots = PATHS[state] === DOTS;
  return (
    <svg className={isDots ? "state-icon dots" : "state-icon"} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[state]} />
    </svg>
  );
}
