import { useState, type FormEvent, type ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow, windowActions } from "../window-state.ts";

/** The text box and the two big buttons. Typing always works, whatever the microphone does. */
export function Composer(): ReactNode {
  const [text, setText] = useState("");
  const muted = useWindow(({ snapshot }) => snapshot.muted);
  const busy = useWindow(({ snapshot }) => ["hearing", "deciding", "responding", "speaking"].includes(snapshot.state));
  const { request } = windowActions();
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === "") return;
    void request("type-text", { text });
    setText("");
  };
  return (
    <footer className="composer">
      <button
        type="button"
        className={muted ? "round active" : "round"}
        data-testid="mute"
        aria-pressed={muted}
        aria-keyshortcuts="m"
        onClick={() => void request("set-muted", { muted: !muted })}
      >
        {muted ? STRINGS.unmute : STRINGS.mute}
        <kbd aria-hidden="true">M</kbd>
      </button>
      <form onSubmit={send}>
        <input
          data-testid="text-input"
          value={text}
          maxLength={4000}
          placeholder={STRINGS.typeHere}
          aria-label={STRINGS.typeHere}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="primary" disabled={text.trim() === ""}>
          {STRINGS.send}
        </button>
      </form>
      <button
        type="button"
        className="round"
        data-testid="stop"
        disabled={!busy}
        aria-keyshortcuts="Escape"
        onClick={() => void request("stop-speaking", {})}
      >
        {STRINGS.stop}
        <kbd aria-hidden="true">Esc</kbd>
      </button>
    </footer>
  );
}
