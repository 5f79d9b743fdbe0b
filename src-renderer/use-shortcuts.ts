import { useEffect } from "react";
import { flushSync } from "react-dom";
import { useWindow, windowActions } from "./window-state.ts";

/** The text box that / goes to. */
export const TEXT_BOX_ID = "text-box";

/**
 * M mutes and unmutes, Esc stops the assistant and returns to the conversation, / goes to the text box. Letters do not count while the user
 * types.
 */
export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const { request, turnTo } = windowActions();
      const isTyping =
        event.target instanceof HTMLElement &&
        event.target.closest("select, textarea, input:not([type=range])") !== null;
      if (event.key === "Escape") {
        void request("stop-speaking", {});
        turnTo("conversation");
      } else if (isTyping) return;
      else if (event.key === "m" || event.key === "M") {
        void request("set-muted", { muted: !useWindow.getState().snapshot.muted });
      } else if (event.key === "/") {
        event.preventDefault();
        // Not every page has the text box, and the next letter already belongs in it.
        flushSync(() => turnTo("conversation"));
        document.getElementById(TEXT_BOX_ID)?.focus();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
