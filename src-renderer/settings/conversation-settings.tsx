import type { ReactNode } from "react";
import type { Settings, SettingsPatch } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { Choice } from "./choice.tsx";
import { PatienceChoice } from "./patience-choice.tsx";
import { Segments } from "./segments.tsx";
import { Switch } from "./switch.tsx";
import { WakePhraseField } from "./wake-phrase-field.tsx";

const TEXT = STRINGS.settingsPanel;

interface ConversationSettingsProps {
  readonly settings: Settings;
  readonly onChange: (patch: SettingsPatch) => void;
}

/** How the user and the assistant take turns, and what is kept of it. */
export function ConversationSettings({ settings, onChange }: ConversationSettingsProps): ReactNode {
  const { mode, wakePhrase, patience, endOfTurn, earcons, acknowledgements, recorder } = settings;
  return (
    <div className="card">
      <h2>{TEXT.conversation}</h2>
      <div className="wide-field">
        <Segments
          label={TEXT.mode.name}
          names={TEXT.mode.names}
          value={mode}
          onChoose={(chosen) => onChange({ mode: chosen })}
        />
        <p className="hint">{TEXT.mode.hints[mode]}</p>
      </div>
      {mode === "wake-phrase" && (
        <WakePhraseField saved={wakePhrase} onSave={(phrase) => onChange({ wakePhrase: phrase })} />
      )}
      <PatienceChoice value={patience} onChoose={(chosen) => onChange({ patience: chosen })} />
      <Choice {...TEXT.endOfTurn} value={endOfTurn} onChoose={(chosen) => onChange({ endOfTurn: chosen })} />
      <Choice {...TEXT.recorder} value={recorder} onChoose={(chosen) => onChange({ recorder: chosen })} />
      <Switch label={TEXT.earcons} on={earcons} onChange={(on) => onChange({ earcons: on })} />
      <Switch
        label={TEXT.acknowledgements}
        on={acknowledgements}
        onChange={(on) => onChange({ acknowledgements: on })}
      />
    </div>
  );
}
