import { useEffect, useEffectEvent, useState, type ReactNode } from "react";

/** While the user drags, the value is told this long after it stands still. */
const SETTLE_MS = 150;

interface SliderProps {
  readonly label: string;
  readonly range: { readonly min: number; readonly max: number; readonly step: number };
  readonly value: number;
  readonly format: (value: number) => string;
  readonly onCommit: (value: number) => void;
}

/** A slider that moves with the hand and tells its value once it stands still. */
export function Slider({ label, range, value, format, onCommit }: SliderProps): ReactNode {
  const [draft, setDraft] = useState<number>();
  const commit = useEffectEvent(onCommit);
  useEffect(() => {
    if (draft === undefined) return undefined;
    const timer = setTimeout(() => {
      commit(draft);
      setDraft(undefined);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  const shown = draft ?? value;
  return (
    <label>
      <span className="slider-name">
        {label}
        <span className="slider-value">{format(shown)}</span>
      </span>
      <input
        type="range"
        {...range}
        value={shown}
        aria-valuetext={format(shown)}
        onChange={(event) => setDraft(event.target.valueAsNumber)}
      />
    </label>
  );
}
