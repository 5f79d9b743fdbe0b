import type { ReactNode } from "react";
import type { Settings } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { EngineFields } from "./engine-fields.tsx";
import { SavedForm } from "./saved-form.tsx";
import { problemOfServer, settingsOf, type EngineSettings } from "./server-draft.ts";
import { Switch } from "./switch.tsx";
import { useDraft } from "./use-draft.ts";

const TEXT = STRINGS.settingsPanel.engines;
const NO_SERVER = { urls: [], apiKey: "", model: "" };

/** What the form is about. */
type Engines = Pick<Settings, "recognition" | "speech" | "useEmbeddedOnFailure">;

interface EnginesFormProps {
  readonly saved: Engines;
  /** Whether it was saved. */
  readonly onSave: (engines: Engines) => Promise<boolean>;
}

/** Which engines understand and speak: the embedded ones or servers, saved together. */
export function EnginesForm({ saved, onSave }: EnginesFormProps): ReactNode {
  const { draft, edit, isSaved, save } = useDraft(
    (): Engines => saved,
    ({ recognition, speech, useEmbeddedOnFailure }) =>
      onSave({ recognition: settingsOf(recognition), speech: settingsOf(speech), useEmbeddedOnFailure }),
  );
  const { recognition, speech, useEmbeddedOnFailure } = draft;
  const canSave = !problemOfServer(recognition) && !problemOfServer(speech);
  return (
    <SavedForm title={TEXT.title} name="engines" canSave={canSave} isSaved={isSaved} onSave={save}>
      <EngineFields
        part="recognition"
        draft={recognition}
        onChoose={(engine) => edit({ recognition: begin(saved.recognition, { ...NO_SERVER, delayFrames: 6, engine }) })}
        onEdit={(change) => edit({ recognition: { ...recognition, ...change } })}
      />
      <EngineFields
        part="speech"
        draft={speech}
        onChoose={(engine) => edit({ speech: begin(saved.speech, { ...NO_SERVER, voice: "", engine }) })}
        onEdit={(change) => edit({ speech: { ...speech, ...change } })}
      />
      <div className="wide-field">
        <Switch
          label={TEXT.standIn}
          hint={TEXT.standInHint}
          on={useEmbeddedOnFailure}
          onChange={(on) => edit({ useEmbeddedOnFailure: on })}
        />
      </div>
    </SavedForm>
  );
}

/** An address or key of one server is never taken over to another engine. */
function begin<T extends EngineSettings>(saved: T, fresh: T): T {
  return saved.engine === fresh.engine ? saved : fresh;
}
