import { useState, type FormEvent, type ReactNode } from "react";
import type { Settings } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { isServerAddress } from "./is-server-address.ts";

const TEXT = STRINGS.settingsPanel;
const PROBLEM_ID = "base-url-problem";

interface LanguageModelFormProps {
  readonly saved: Settings["languageModel"];
  /** Whether it was saved. */
  readonly onSave: (languageModel: Settings["languageModel"]) => Promise<boolean>;
}

/** The language model server: address, model and key, saved together. */
export function LanguageModelForm({ saved, onSave }: LanguageModelFormProps): ReactNode {
  const [draft, setDraft] = useState(saved);
  const [note, setNote] = useState("");
  const isValid = isServerAddress(draft.baseUrl);
  const edit = (change: Partial<typeof draft>): void => {
    setDraft({ ...draft, ...change });
    setNote("");
  };
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isValid && (await onSave(draft))) setNote(TEXT.saved);
  };
  return (
    <form className="card" onSubmit={(event) => void save(event)}>
      <h2>{TEXT.languageModel}</h2>
      <p className="hint wide-field">{TEXT.languageModelHint}</p>
      <label className="wide-field">
        {TEXT.baseUrl}
        <input
          value={draft.baseUrl}
          data-testid="base-url"
          inputMode="url"
          spellCheck={false}
          list="known-servers"
          aria-invalid={!isValid}
          aria-describedby={isValid ? undefined : PROBLEM_ID}
          placeholder={TEXT.servers[0]?.baseUrl}
          onChange={(event) => edit({ baseUrl: event.target.value.trim() })}
        />
        <datalist id="known-servers">
          {TEXT.servers.map(({ name, baseUrl }) => (
            <option key={name} value={baseUrl}>
              {name}
            </option>
          ))}
        </datalist>
        {!isValid && (
          <span className="turn-failure" id={PROBLEM_ID} role="alert" data-testid="base-url-problem">
            {TEXT.badAddress}
          </span>
        )}
      </label>
      <label>
        {TEXT.model}
        <input
          value={draft.model}
          maxLength={200}
          placeholder={TEXT.modelPlaceholder}
          onChange={(event) => edit({ model: event.target.value })}
        />
      </label>
      <label>
        {TEXT.apiKey}
        <input
          type="password"
          autoComplete="off"
          maxLength={500}
          placeholder={TEXT.apiKeyPlaceholder}
          value={draft.apiKey}
          onChange={(event) => edit({ apiKey: event.target.value })}
        />
      </label>
      <div className="wide-field save">
        <button type="submit" className="primary" disabled={!isValid} data-testid="save-language-model">
          {TEXT.save}
        </button>
        <span role="status">{note}</span>
      </div>
    </form>
  );
}
