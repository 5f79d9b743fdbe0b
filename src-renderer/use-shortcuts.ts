import { useEffect } from "react";
import { useWindow, windowActions } from "./window-state.ts";

/** M mutes and unmutes, Esc stops the assistant, / goes to the text box. Letters do not count while the user types. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.closest("input, textarea, select") !== null;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") void windowActions().request("stop-speaking", {});
      else if (isTyping) return;
      else if (event.key === "m" || event.key === "M") {
        void windowActions().request("set-muted", { muted: !useWindow.getState().snapshot.muted });
      } else if (event.key === "/") {
        event.preventDefault();
        document.querySelector<HTMLInputElement>("[data-testid=text-input]")?.focus();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
