import { useState, type FormEvent, type ReactNode } from "react";
import { userSentence } from "../../src-shared/failure.ts";
import { settingsSchema, type SettingsPatch } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { useWindow, windowActions } from "../window-state.ts";

const TEXT = STRINGS.settingsPanel;

/** Everything the user can set. Choices hold at once; the language model is saved with its button. */
export function SettingsPanel(): ReactNode {
  const settings = useWindow((state) => state.settings);
  const microphone = useWindow((state) => state.microphone);
  const [problem, setProblem] = useState("");
  if (!settings) return null;
  const update = async (patch: SettingsPatch): Promise<boolean> => {
    const outcome = await windowActions().request("update-settings", patch);
    setProblem(outcome.ok ? "" : userSentence(outcome.failure.code));
    return outcome.ok;
  };
  return (
    <section className="settings" aria-label={STRINGS.settings} data-testid="settings">
      <label>
        {TEXT.voice}
        <select
          value={settings.voice}
          onChange={(event) => void update({ voice: event.target.value as "slt" | "kal" })}
        >
          {settingsSchema.shape.voice.unwrap().options.map((voice) => (
            <option key={voice} value={voice}>
              {TEXT.voices[voice]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {TEXT.microphone}
        <select
          value={settings.microphoneLabel}
          onChange={(event) => void update({ microphoneLabel: event.target.value })}
        >
          <option value="">{STRINGS.microphone.systemDefault}</option>
          {microphone.available.map((label) => (
            <option key={label}>{label}</option>
          ))}
        </select>
      </label>
      <label>
        {TEXT.rate}
        <input
          type="range"
          min={0.5}
          max={2}
          step={0.1}
          value={settings.speakingRateRatio}
          onChange={(event) => void update({ speakingRateRatio: event.target.valueAsNumber })}
        />
      </label>
      <label>
        {TEXT.volume}
        <input
          type="range"
          min={0.05}
          max={1}
          step={0.05}
          value={settings.volumeRatio}
          onChange={(event) => void update({ volumeRatio: event.target.valueAsNumber })}
        />
      </label>
      <LanguageModelForm onSave={(languageModel) => update({ languageModel })} />
      {problem && (
        <p className="turn-failure" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

type LanguageModel = NonNullable<SettingsPatch["languageModel"]>;

function LanguageModelForm({ onSave }: { readonly onSave: (model: LanguageModel) => Promise<boolean> }): ReactNode {
  const saved = useWindow((state) => state.settings?.languageModel) as LanguageModel;
  const [draft, setDraft] = useState(saved);
  const [note, setNote] = useState("");
  const isValid = settingsSchema.shape.languageModel.safeParse(draft).success;
  const edit = (change: Partial<LanguageModel>): void => {
    setDraft({ ...draft, ...change });
    setNote("");
  };
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isValid && (await onSave(draft))) setNote(TEXT.saved);
  };
  return (
    <form className="language-model" onSubmit={(event) => void save(event)}>
      <h2>{TEXT.languageModel}</h2>
      <p className="hint">{TEXT.languageModelHint}</p>
      <label>
        {TEXT.baseUrl}
        <input
          value={draft.baseUrl}
          data-testid="base-url"
          aria-invalid={!isValid}
          placeholder="http://127.0.0.1:11434"
          onChange={(event) => edit({ baseUrl: event.target.value.trim() })}
        />
      </label>
      {!isValid && <p className="turn-failure">{TEXT.badAddress}</p>}
      <label>
        {TEXT.model}
        <input value={draft.model} onChange={(event) => edit({ model: event.target.value })} />
      </label>
      <label>
        {TEXT.apiKey}
        <input
          type="password"
          autoComplete="off"
          value={draft.apiKey}
          onChange={(event) => edit({ apiKey: event.target.value })}
        />
      </label>
      <button type="submit" className="primary" disabled={!isValid} data-testid="save-language-model">
        {TEXT.save}
      </button>
      <span role="status">{note}</span>
    </form>
  );
}
