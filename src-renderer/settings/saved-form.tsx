import type { FormEvent, ReactNode } from "react";
import { FORM_STRINGS as TEXT } from "./form-strings.ts";

interface SavedFormProps {
  readonly title: string;
  /** What tests know it by. */
  readonly name: string;
  readonly canSave: boolean;
  readonly isSaved: boolean;
  readonly onSave: () => Promise<void>;
  readonly children: ReactNode;
}

/** A card of fields that are saved together, with its button. */
export function SavedForm({ title, name, canSave, isSaved, onSave, children }: SavedFormProps): ReactNode {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (canSave) void onSave();
  };
  return (
    <form className="card" aria-label={title} data-testid={name} onSubmit={submit}>
      <h2>{title}</h2>
      {children}
      <div className="wide-field save">
        <button type="submit" className="primary" disabled={!canSave} data-testid={`save-${name}`}>
          {TEXT.save}
        </button>
        <span role="status">{isSaved && TEXT.saved}</span>
      </div>
    </form>
  );
}
