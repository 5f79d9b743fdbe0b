import type { ReactNode } from "react";
import type { Settings } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { FORM_STRINGS } from "./form-strings.ts";
import { isServerAddress } from "./is-server-address.ts";
import { SavedForm } from "./saved-form.tsx";
import { TextField } from "./text-field.tsx";
import { useDraft } from "./use-draft.ts";

const TEXT = STRINGS.settingsPanel;

interface LanguageModelFormProps {
  readonly saved: Settings["languageModel"];
  /** Whether it was saved. */
  readonly onSave: (languageModel: Settings["languageModel"]) => Promise<boolean>;
}

/** The language model server: address, model and key, saved together. Without an address there is none. */
export function LanguageModelForm({ saved, onSave }: LanguageModelFormProps): ReactNode {
  const { draft, edit, isSaved, save } = useDraft(() => saved, onSave);
  const canSave = draft.baseUrl === "" || isServerAddress(draft.baseUrl, "http");
  return (
    <SavedForm title={TEXT.languageModel} name="language-model" canSave={canSave} isSaved={isSaved} onSave={save}>
      <p className="hint wide-field">{TEXT.languageModelHint}</p>
      <TextField
        isWide
        label={FORM_STRINGS.address}
        value={draft.baseUrl}
        problem={canSave ? undefined : "bad-http-address"}
        data-testid="base-url"
        inputMode="url"
        list="known-servers"
        placeholder={TEXT.servers[0]?.baseUrl}
        onChange={(baseUrl) => edit({ baseUrl: baseUrl.trim() })}
      />
      <datalist id="known-servers">
        {TEXT.servers.map(({ name, baseUrl }) => (
          <option key={name} value={baseUrl}>
            {name}
          </option>
        ))}
      </datalist>
      <TextField
        label={FORM_STRINGS.model}
        value={draft.model}
        maxLength={200}
        placeholder={TEXT.modelPlaceholder}
        onChange={(model) => edit({ model })}
      />
      <TextField
        label={FORM_STRINGS.apiKey}
        value={draft.apiKey}
        type="password"
        maxLength={500}
        placeholder={FORM_STRINGS.apiKeyPlaceholder}
        onChange={(apiKey) => edit({ apiKey })}
      />
    </SavedForm>
  );
}
