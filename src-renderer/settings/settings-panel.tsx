import { useState, type ReactNode } from "react";
import { userSentence } from "../../src-shared/failure.ts";
import type { Settings, SettingsPatch } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { useWindow, windowActions } from "../window-state.ts";
import { Diagnostics } from "../diagnostics/diagnostics.tsx";
import { ConversationForm } from "./conversation-form.tsx";
import { ConversationSettings } from "./conversation-settings.tsx";
import { EnginesForm } from "./engines-form.tsx";
import { LanguageModelForm } from "./language-model-form.tsx";
import { MicrophoneChoice } from "./microphone-choice.tsx";
import { Slider } from "./slider.tsx";
import "./settings.css";

const TEXT = STRINGS.settingsPanel;

/** Everything the user can set. Choices hold at once; the engines and the language model are saved with their buttons. */
export function SettingsPanel(): ReactNode {
  const settings = useWindow((state) => state.settings);
  const [problem, setProblem] = useState("");
  if (!settings) return null;
  const update = async (patch: SettingsPatch): Promise<boolean> => {
    const outcome = await windowActions().request("update-settings", patch);
    setProblem(outcome.ok ? "" : userSentence(outcome.failure.code));
    return outcome.ok;
  };
  return (
    <section className="settings" aria-label={STRINGS.settings} data-testid="settings">
      {problem && (
        <p className="turn-failure" role="alert">
          {problem}
        </p>
      )}
      <div className="card">
        <h2>{TEXT.speech}</h2>
        <label>
          {TEXT.voice}
          <select
            value={settings.voice}
            onChange={(event) => void update({ voice: event.target.value as Settings["voice"] })}
          >
            {Object.entries(TEXT.voices).map(([voice, name]) => (
              <option key={voice} value={voice}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <MicrophoneChoice
          chosen={settings.microphoneLabel}
          onChoose={(microphoneLabel) => void update({ microphoneLabel })}
        />
        <Slider
          label={TEXT.rate}
          range={{ min: 0.5, max: 2, step: 0.1 }}
          value={settings.speakingRateRatio}
          format={(value) => `${value.toFixed(1)} ×`}
          onCommit={(speakingRateRatio) => void update({ speakingRateRatio })}
        />
        <Slider
          label={TEXT.volume}
          range={{ min: 0.05, max: 1, step: 0.05 }}
          value={settings.volumeRatio}
          format={(value) => `${Math.round(value * 100)} %`}
          onCommit={(volumeRatio) => void update({ volumeRatio })}
        />
      </div>
      <ConversationSettings settings={settings} onChange={(patch) => void update(patch)} />
      <ConversationForm saved={settings.conversation} onSave={(conversation) => update({ conversation })} />
      <EnginesForm saved={settings} onSave={update} />
      <LanguageModelForm saved={settings.languageModel} onSave={(languageModel) => update({ languageModel })} />
      <Diagnostics />
      <button
        type="button"
        className="quiet lab-open"
        data-testid="lab-open"
        onClick={() => windowActions().turnTo("lab")}
      >
        {STRINGS.lab.open}
      </button>
    </section>
  );
}
