import { useId, type ReactNode } from "react";

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly names: Readonly<Record<T, string>>;
  readonly value: T;
  readonly onChoose: (value: T) => void;
}

/** One of a few, all of them in sight. */
export function Segments<T extends string>({ label, names, value, onChoose }: SegmentsProps<T>): ReactNode {
  const group = useId();
  return (
    <fieldset className="segments">
      <legend>{label}</legend>
      <div>
        {(Object.entries(names) as [T, string][]).map(([choice, name]) => (
          <label key={choice} className={choice === value ? "chosen" : ""}>
            <input
              type="radio"
              name={group}
              value={choice}
              checked={choice === value}
              onChange={() => onChoose(choice)}
            />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
