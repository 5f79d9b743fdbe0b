import { useId, type ReactNode } from "react";

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly names: Readonly<Record<T, string>>;
  readonly value: T;
  readonly hint: string;
  readonly onChoose: (value: T) => void;
}

/** One of several from a list, with what there is to know about it. */
export function Choice<T extends string>({ label, names, value, hint, onChoose }: ChoiceProps<T>): ReactNode {
  const hintId = useId();
  return (
    <div className="field">
      <label>
        {label}
        <select value={value} aria-describedby={hintId} onChange={(event) => onChoose(event.target.value as T)}>
          {(Object.entries(names) as [T, string][]).map(([choice, name]) => (
            <option key={choice} value={choice}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p className="hint" id={hintId}>
        {hint}
      </p>
    </div>
  );
}
