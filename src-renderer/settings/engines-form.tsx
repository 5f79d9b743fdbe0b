import { useState, type FormEvent, type ReactNode } from "react";
import type { Settings } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { areServerAddresses, splitAddresses, type EngineSettings } from "./server-draft.ts";
import { ServerFields } from "./server-fields.tsx";
import { Switch } from "./switch.tsx";

const TEXT = STRINGS.settingsPanel.engines;

/** What the form is about. */
type Engines = Pick<Settings, "recognition" | "speech" | "useEmbeddedOnFailure">;

interface EnginesFormProps {
  readonly saved: Engines;
  /** Whether it was saved. */
  readonly onSave: (engines: Engines) => Promise<boolean>;
}

/** Which engines understand and speak: the embedded ones or servers, saved together. */
export function EnginesForm({ saved, onSave }: EnginesFormProps): ReactNode {
  const [draft, setDraft] = useState(saved);
  const [note, setNote] = useState("");
  const { recognition, speech, useEmbeddedOnFailure } = draft;
  const edit = (change: Partial<Engines>): void => {
    setDraft({ ...draft, ...change });
    setNote("");
  };
  const engines = { recognition: tidy(recognition), speech: tidy(speech), useEmbeddedOnFailure };
  const isValid = [engines.recognition, engines.speech].every(({ engine, urls }) => areServerAddresses(engine, urls));
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isValid && (await onSave(engines))) setNote(TEXT.saved);
  };
  return (
    <form className="card" aria-label={TEXT.title} data-testid="engines" onSubmit={(event) => void save(event)}>
      <h2>{TEXT.title}</h2>
      <ServerFields
        part="recognition"
        draft={recognition}
        onChoose={(engine) => edit({ recognition: begin(saved.recognition, { ...NO_SERVER, engine }) })}
        onEdit={(change) => edit({ recognition: { ...recognition, ...change } })}
      />
      <ServerFields
        part="speech"
        draft={speech}
        onChoose={(engine) => edit({ speech: begin(saved.speech, { ...NO_SERVER, voice: "", engine }) })}
        onEdit={(change) => edit({ speech: { ...speech, ...change } })}
      />
      <div className="wide-field">
        <Switch label={TEXT.standIn} on={useEmbeddedOnFailure} onChange={(on) => edit({ useEmbeddedOnFailure: on })} />
      </div>
      <div className="wide-field save">
        <button type="submit" className="primary" disabled={!isValid} data-testid="save-engines">
          {TEXT.save}
        </button>
        <span role="status">{note}</span>
      </div>
    </form>
  );
}

const NO_SERVER = { urls: [], apiKey: "", model: "" };

/** An address or key of one server is never taken over to another engine. */
function begin<T extends EngineSettings>(saved: T, fresh: T): T {
  return saved.engine === fresh.engine ? saved : fresh;
}

function tidy<T extends EngineSettings>(draft: T): T {
  return { ...draft, urls: splitAddresses(draft.urls.join(" ")) };
}
