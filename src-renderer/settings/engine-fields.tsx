import type { ReactNode } from "react";
import type { Settings } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { Choice } from "./choice.tsx";
import { FORM_STRINGS } from "./form-strings.ts";
import { problemOfServer, type EngineSettings } from "./server-draft.ts";
import { TextField } from "./text-field.tsx";

const TEXT = STRINGS.settingsPanel.engines;

interface EngineFieldsProps<T extends EngineSettings> {
  /** Which engine: its texts, and the name that tests know it by. */
  readonly part: "recognition" | "speech";
  readonly draft: T;
  /** Chooses an engine. Its fields are its own. */
  readonly onChoose: (engine: T["engine"]) => void;
  readonly onEdit: (change: Partial<T>) => void;
}

/** An engine, and where it is when it is a server. */
export function EngineFields<T extends EngineSettings>(props: EngineFieldsProps<T>): ReactNode {
  const { part, draft, onChoose, onEdit } = props;
  const { label, hints, names, placeholders, modelPlaceholder } = TEXT[part];
  const { engine, urls, apiKey, model } = draft;
  const isOpenAi = engine === "openai";
  const edit = (change: Partial<Settings["recognition"] & Settings["speech"]>): void => onEdit(change as Partial<T>);
  return (
    <div className="wide-field engine" role="group" aria-label={label} data-testid={`engine-${part}`}>
      <Choice<T["engine"]>
        label={label}
        names={names as Readonly<Record<T["engine"], string>>}
        value={engine}
        hint={hints[engine as keyof typeof hints]}
        onChoose={onChoose}
      />
      {engine !== "embedded" && (
        <TextField
          label={isOpenAi ? TEXT.addresses : FORM_STRINGS.address}
          value={urls.join(" ")}
          {...(isOpenAi && { hint: TEXT.addressesHint })}
          problem={problemOfServer(draft)}
          data-testid={`engine-${part}-address`}
          inputMode="url"
          placeholder={placeholders[engine as keyof typeof placeholders]}
          onChange={(written) => edit({ urls: [written] })}
        />
      )}
      {"delayFrames" in draft && engine === "moshi" && (
        <DelayChoice frames={draft.delayFrames} onChoose={(delayFrames) => edit({ delayFrames })} />
      )}
      {(isOpenAi || engine === "moshi") && (
        <TextField
          label={FORM_STRINGS.apiKey}
          value={apiKey}
          type="password"
          maxLength={500}
          placeholder={FORM_STRINGS.apiKeyPlaceholder}
          onChange={(key) => edit({ apiKey: key.trim() })}
        />
      )}
      {isOpenAi && (
        <TextField
          label={FORM_STRINGS.model}
          value={model}
          maxLength={200}
          placeholder={modelPlaceholder}
          onChange={(name) => edit({ model: name.trim() })}
        />
      )}
      {"voice" in draft && engine !== "embedded" && (
        <TextField
          label={TEXT.voice}
          value={draft.voice}
          maxLength={200}
          placeholder={TEXT.voicePlaceholder}
          onChange={(voice) => edit({ voice })}
        />
      )}
    </div>
  );
}

interface DelayChoiceProps {
  readonly frames: number;
  readonly onChoose: (frames: number) => void;
}

/** The model of a moshi server, known by its delay. A delay that no known model has stays as it was set. */
function DelayChoice({ frames, onChoose }: DelayChoiceProps): ReactNode {
  const { label, hint, models, other } = TEXT.delay;
  return (
    <Choice
      label={label}
      names={{ [frames]: other(frames), ...models }}
      value={String(frames)}
      hint={hint}
      onChoose={(chosen) => onChoose(Number(chosen))}
    />
  );
}
