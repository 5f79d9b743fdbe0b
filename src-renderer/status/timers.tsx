import { useEffect, useState, type ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow, windowActions } from "../window-state.ts";

/** Running timers and alarms with the time that is left. */
export function Timers(): ReactNode {
  const timers = useWindow(({ snapshot }) => snapshot.timers);
  const nowMs = useNowMs(timers.length > 0);
  if (timers.length === 0) return null;
  return (
    <ul className="timers" aria-label={STRINGS.timers}>
      {timers.map(({ id, label, dueAtMs }) => (
        <li key={id} data-testid="timer">
          <span title={label}>{label || STRINGS.timer}</span>
          <time>{formatLeft(dueAtMs - nowMs)}</time>
          <button
            type="button"
            className="quiet"
            aria-label={`${STRINGS.cancel}: ${label || STRINGS.timer}`}
            onClick={() => void windowActions().request("cancel-timer", { id })}
          >
            {STRINGS.cancel}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** "1:05:09" or "4:59". */
export function formatLeft(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

function useNowMs(running: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!running) return undefined;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  return nowMs;
}
