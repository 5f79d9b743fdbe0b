import { useState, type FormEvent, type ReactNode } from "react";
import type { AssistantState } from "../../src-shared/turn-view.ts";
import { STRINGS } from "../strings.ts";
import { TEXT_BOX_ID } from "../use-shortcuts.ts";
import { useWindow, windowActions } from "../window-state.ts";

/** States in which there may be something to stop; a pause may hold a reply. */
const STOPPABLE = new Set<AssistantState>(["hearing", "deciding", "responding", "speaking", "paused"]);

/** The text box and the big buttons. Typing always works, whatever the microphone does. */
export function Composer(): ReactNode {
  const [text, setText] = useState("");
  const muted = useWindow(({ snapshot }) => snapshot.muted);
  const stoppable = useWindow(({ snapshot }) => STOPPABLE.has(snapshot.state));
  const paused = useWindow(({ snapshot }) => snapshot.paused);
  const { request } = windowActions();
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === "") return;
    setText("");
    const outcome = await request("type-text", { text });
    if (!outcome.ok) setText((typedSince) => typedSince || text);
  };
  return (
    <footer className="composer">
      <form onSubmit={(event) => void send(event)}>
        <input
          id={TEXT_BOX_ID}
          data-testid="text-input"
          value={text}
          maxLength={4000}
          placeholder={STRINGS.typeHere}
          aria-label={STRINGS.typeHere}
          aria-keyshortcuts="/"
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="primary" disabled={text.trim() === ""}>
          {STRINGS.send}
        </button>
      </form>
      <button
        type="button"
        className={muted ? "wide active" : "wide"}
        data-testid="mute"
        aria-keyshortcuts="m"
        title={STRINGS.muteHint}
        onClick={() => void request("set-muted", { muted: !muted })}
      >
        {muted ? STRINGS.unmute : STRINGS.mute}
        <kbd aria-hidden="true">M</kbd>
      </button>
      <button
        type="button"
        className={paused ? "wide active" : "wide"}
        data-testid="pause"
        aria-keyshortcuts="p"
        title={STRINGS.pauseHint}
        onClick={() => void request("set-paused", { paused: !paused })}
      >
        {paused ? STRINGS.resume : STRINGS.pause}
        <kbd aria-hidden="true">P</kbd>
      </button>
      <button
        type="button"
        className="wide"
        data-testid="stop"
        disabled={!stoppable}
        aria-keyshortcuts="Escape"
        onClick={() => void request("stop-speaking", {})}
      >
        {STRINGS.stop}
        <kbd aria-hidden="true">Esc</kbd>
      </button>
    </footer>
  );
}
