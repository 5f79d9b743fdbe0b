import { useId, type ComponentProps, type ReactNode } from "react";
import type { FieldProblem } from "./field-problem.ts";
import { FORM_STRINGS } from "./form-strings.ts";

interface TextFieldProps extends Omit<ComponentProps<"input">, "id" | "onChange"> {
  readonly label: string;
  readonly value: string;
  /** What there is to know about it. */
  readonly hint?: string;
  /** Why what is written cannot be saved. */
  readonly problem?: FieldProblem | undefined;
  /** Takes the whole width of its card. */
  readonly isWide?: boolean;
  readonly onChange: (value: string) => void;
}

/** One line to write. What is still missing is said as a hint; what is wrong, as an alert. */
export function TextField({ label, hint, problem, isWide, onChange, ...input }: TextFieldProps): ReactNode {
  const id = useId();
  const isWrong = problem !== undefined && !problem.startsWith("no-");
  const hints = [problem && !isWrong && FORM_STRINGS.problems[problem], hint].filter(Boolean).join(" ");
  const notes = [isWrong && `${id}-problem`, hints && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={isWide ? "field wide-field" : "field"}>
      <label htmlFor={id}>{label}</label>
      <input
        spellCheck={false}
        autoComplete="off"
        {...input}
        id={id}
        aria-invalid={isWrong}
        aria-describedby={notes || undefined}
        onChange={({ target }) => onChange(target.value)}
      />
      {isWrong && (
        <p className="turn-failure" id={`${id}-problem`} role="alert">
          {FORM_STRINGS.problems[problem]}
        </p>
      )}
      {hints && (
        <p className="hint" id={`${id}-hint`}>
          {hints}
        </p>
      )}
    </div>
  );
}
