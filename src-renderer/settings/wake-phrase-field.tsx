import { useState, type KeyboardEvent, type ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { isWakePhrase } from "./is-wake-phrase.ts";
import { TextField } from "./text-field.tsx";

interface WakePhraseFieldProps {
  readonly saved: string;
  readonly onSave: (wakePhrase: string) => void;
}

/** The wake phrase. It holds when the user leaves the field or presses Enter; one that cannot be used is said and not saved. */
export function WakePhraseField({ saved, onSave }: WakePhraseFieldProps): ReactNode {
  const [draft, setDraft] = useState<string>();
  const shown = draft ?? saved;
  const isValid = isWakePhrase(shown);
  const commit = (): void => {
    if (draft === undefined || !isValid) return;
    if (draft.trim() !== saved) onSave(draft.trim());
    setDraft(undefined);
  };
  const commitOnEnter = ({ key }: KeyboardEvent): void => {
    if (key === "Enter") commit();
  };
  return (
    <TextField
      label={STRINGS.settingsPanel.wakePhrase}
      value={shown}
      problem={isValid ? undefined : "bad-wake-phrase"}
      data-testid="wake-phrase"
      maxLength={60}
      onChange={setDraft}
      onBlur={commit}
      onKeyDown={commitOnEnter}
    />
  );
}
