import { useEffect } from "react";
import { flushSync } from "react-dom";
import { useWindow, windowActions } from "./window-state.ts";

/** The text box that / goes to. */
export const TEXT_BOX_ID = "text-box";
/** The button that is held to talk: the one button on which the space bar is the talk key. */
export const TALK_BUTTON_ID = "talk-button";

/** Here the space bar and Enter have a meaning of their own. */
const PRESSABLE = "button, summary, a, input, select, textarea";

/**
 * The space bar is the talk key, Enter says that the turn is over, P pauses and resumes the conversation, M mutes and unmutes, Esc stops the
 * assistant and returns to the conversation, / goes to the text box. Letters do not count while the user types, the space bar and Enter also
 * not on what they would press.
 */
export function useShortcuts(): void {
  useEffect(() => {
    const release = (): void => windowActions().holdTalkKey(false);
    const onKeyUp = ({ key }: KeyboardEvent): void => {
      if (key === " ") release();
    };
    const onHidden = (): void => {
      if (document.hidden) release();
    };
    window.addEventListener("keydown", onKeyDown);
    window.addEventListener("keyup", onKeyUp);
    window.addEventListener("click", leaveClicked);
    window.addEventListener("blur", release);
    document.addEventListener("visibilitychange", onHidden);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
      window.removeEventListener("keyup", onKeyUp);
      window.removeEventListener("click", leaveClicked);
      window.removeEventListener("blur", release);
      document.removeEventListener("visibilitychange", onHidden);
    };
  }, []);
}

/** What was clicked with the mouse must not take the talk key. A click by key has no `detail`; the lab has no talk key. */
function leaveClicked({ detail, target }: MouseEvent): void {
  if (detail === 0 || useWindow.getState().page === "lab") return;
  const clicked = target instanceof Element && target.closest("button, summary, a");
  if (clicked instanceof HTMLElement) clicked.blur();
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " ") return holdTalkKey(event);
  if (event.repeat) return;
  const { request, turnTo } = windowActions();
  const { snapshot } = useWindow.getState();
  if (event.key === "Escape") {
    void request("stop-speaking", {});
    turnTo("conversation");
  } else if (isOn(event, "select, textarea, input:not([type=range])")) return;
  else if (event.key === "Enter") {
    if (!isOn(event, PRESSABLE) && isHearing(snapshot.state)) void request("done", {});
  } else if (event.key === "m" || event.key === "M") void request("set-muted", { muted: !snapshot.muted });
  else if (event.key === "p" || event.key === "P") void request("set-paused", { paused: !snapshot.paused });
  else if (event.key === "/") {
    event.preventDefault();
    // Not every page has the text box, and the next letter already belongs in it.
    flushSync(() => turnTo("conversation"));
    document.getElementById(TEXT_BOX_ID)?.focus();
  }
}

/** A held key repeats; none of it may scroll the page or press the talk button. */
function holdTalkKey(event: KeyboardEvent): void {
  const isOnTalkButton = event.target instanceof HTMLElement && event.target.id === TALK_BUTTON_ID;
  if ((!isOnTalkButton && isOn(event, PRESSABLE)) || useWindow.getState().page === "lab") return;
  event.preventDefault();
  if (!event.repeat) windowActions().holdTalkKey(true);
}

/** Whether the user has the floor, so that the turn can be declared over. */
export function isHearing(state: string): boolean {
  return state === "hearing" || state === "deciding";
}

function isOn({ target }: KeyboardEvent, selector: string): boolean {
  return target instanceof HTMLElement && target.closest(selector) !== null;
}
