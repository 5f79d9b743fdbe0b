import { useEffect, useRef, type ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow } from "../window-state.ts";
import { Turn } from "./turn.tsx";

/** Whoever has scrolled up by less than this still wants to see the newest turn. */
const NEAR_END_PIXELS = 48;

/** The conversation, newest turn at the end. It stays in view unless the user has scrolled up or opened something to read. */
export function Conversation(): ReactNode {
  const turns = useWindow(({ snapshot }) => snapshot.turns);
  const latestTurnId = turns.at(-1)?.turnId;
  const list = useRef<HTMLElement>(null);
  const staysAtEnd = useRef(true);
  useEffect(() => {
    const { current } = list;
    if (!current) return undefined;
    const follow = (): void => {
      if (staysAtEnd.current) current.scrollTop = current.scrollHeight;
    };
    const stay = ({ target }: Event): void => {
      if (target instanceof Element && target.closest("summary")) staysAtEnd.current = false;
    };
    current.addEventListener("click", stay);
    const onResize = new ResizeObserver(follow);
    onResize.observe(current);
    for (const turn of current.children) onResize.observe(turn);
    return () => {
      current.removeEventListener("click", stay);
      onResize.disconnect();
    };
  }, [turns.length, latestTurnId]);
  const noteScroll = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement): void => {
    staysAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PIXELS;
  };
  return (
    <section
      className="conversation"
      role="log"
      aria-label={STRINGS.conversation}
      // A scrolling region must be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      ref={list}
      onScroll={(event) => noteScroll(event.currentTarget)}
    >
      {turns.length === 0 && <p className="empty">{STRINGS.empty}</p>}
      {turns.map((turn) => (
        <Turn key={turn.turnId} turn={turn} />
      ))}
    </section>
  );
}
