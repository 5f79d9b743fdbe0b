import { useEffect, useRef, type ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow } from "../window-state.ts";
import { Turn } from "./turn.tsx";

/** The conversation, newest turn at the end and in view. */
export function Conversation(): ReactNode {
  const turns = useWindow(({ snapshot }) => snapshot.turns);
  const end = useRef<HTMLDivElement>(null);
  const newest = turns.at(-1);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [newest?.turnId, newest?.reply.length, newest?.marks.playbackEndedAtMs]);
  return (
    <main className="conversation" aria-label={STRINGS.conversation} aria-live="polite">
      {turns.length === 0 && <p className="empty">{STRINGS.empty}</p>}
      {turns.map((turn) => (
        <Turn key={turn.turnId} turn={turn} />
      ))}
      <div ref={end} />
    </main>
  );
}
