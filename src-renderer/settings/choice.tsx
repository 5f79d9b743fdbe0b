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
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} aria-describedby={hintId} onChange={(event) => onChoose(event.target.value as T)}>
        {(Object.entries(names) as [T, string][]).map(([choice, name]) => (
          <option key={choice} value={choice}>
            {name}
          </option>
        ))}
      </select>
      <p className="hint" id={hintId}>
        {hint}
      </p>
    </div>
  );
}
