import type { PointerEvent, ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { isHearing, TALK_BUTTON_ID } from "../use-shortcuts.ts";
import { useWindow, windowActions } from "../window-state.ts";
import { shownState } from "./shown-state.ts";

/** The button that is held to talk, and while the user talks the one that says that the turn is over. */
export function TalkControls(): ReactNode {
  const held = useWindow((state) => state.talkKeyHeld);
  const isMain = useWindow(({ settings }) => settings?.mode === "push-to-talk");
  const hearing = useWindow(({ snapshot }) => isHearing(snapshot.state));
  const heard = useWindow((state) => state.talkKeyHeld && shownState(state) === "hearing");
  const connected = useWindow((state) => state.connected);
  const { holdTalkKey, request } = windowActions();
  const press = (event: PointerEvent<HTMLButtonElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    holdTalkKey(true);
  };
  const release = (): void => holdTalkKey(false);
  return (
    <div className="talk">
      {hearing && (
        <button
          type="button"
          data-testid="done"
          aria-keyshortcuts="Enter"
          title={STRINGS.talk.doneHint}
          onClick={() => void request("done", {})}
        >
          {STRINGS.talk.done}
          <kbd aria-hidden="true">{STRINGS.talk.enter}</kbd>
        </button>
      )}
      <button
        type="button"
        id={TALK_BUTTON_ID}
        className={isMain || held ? "primary" : ""}
        data-testid="talk"
        aria-pressed={held}
        aria-keyshortcuts="Space"
        title={STRINGS.talk.holdHint}
        disabled={!connected}
        onPointerDown={press}
        onPointerUp={release}
        onLostPointerCapture={release}
        onBlur={release}
        // A long touch is no wish for a menu.
        onContextMenu={(event) => event.preventDefault()}
      >
        {heard ? STRINGS.talk.held : STRINGS.talk.hold}
        <kbd aria-hidden="true">{STRINGS.talk.spaceBar}</kbd>
      </button>
    </div>
  );
}
