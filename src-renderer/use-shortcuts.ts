import { useEffect } from "react";
import { flushSync } from "react-dom";
import { useWindow, windowActions } from "./window-state.ts";

/** The text box that / goes to. */
export const TEXT_BOX_ID = "text-box";

/** M mutes and unmutes, Esc stops the assistant and closes the settings, / goes to the text box. Letters do not count while the user types. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const { request, openSettings } = windowActions();
      const isTyping =
        event.target instanceof HTMLElement &&
        event.target.closest("select, textarea, input:not([type=range])") !== null;
      if (event.key === "Escape") {
        void request("stop-speaking", {});
        openSettings(false);
      } else if (isTyping) return;
      else if (event.key === "m" || event.key === "M") {
        void request("set-muted", { muted: !useWindow.getState().snapshot.muted });
      } else if (event.key === "/") {
        event.preventDefault();
        // The text box is there only while the settings are closed, and the next letter already belongs in it.
        flushSync(() => openSettings(false));
        document.getElementById(TEXT_BOX_ID)?.focus();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
