import { useState, type KeyboardEvent, type ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { isWakePhrase } from "./is-wake-phrase.ts";

const TEXT = STRINGS.settingsPanel.wakePhrase;
const PROBLEM_ID = "wake-phrase-problem";

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
    <label>
      {TEXT.name}
      <input
        value={shown}
        data-testid="wake-phrase"
        maxLength={60}
        autoComplete="off"
        aria-invalid={!isValid}
        aria-describedby={isValid ? undefined : PROBLEM_ID}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={commitOnEnter}
      />
      {!isValid && (
        <span className="turn-failure" id={PROBLEM_ID} role="alert" data-testid="wake-phrase-problem">
          {TEXT.problem}
        </span>
      )}
    </label>
  );
}
