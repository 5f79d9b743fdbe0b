import type { ReactNode } from "react";

interface WholeNumberProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly most: number;
  readonly isWrong: boolean;
  readonly onEdit: (value: string) => void;
}

/** A field for a whole number from 0 on. */
export function WholeNumber({ label, hint, value, most, isWrong, onEdit }: WholeNumberProps): ReactNode {
  return (
    <label className="lab-narrow">
      {label}
      <input
        type="number"
        inputMode="numeric"
        min={0}
        max={most}
        step={1}
        title={hint}
        value={value}
        aria-invalid={isWrong}
        onChange={(event) => onEdit(event.target.value)}
      />
    </label>
  );
}
