import { useId, type ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { Choice } from "./choice.tsx";
import { areServerAddresses, splitAddresses, type EngineSettings } from "./server-draft.ts";

const TEXT = STRINGS.settingsPanel.engines;

interface ServerFieldsProps<T extends EngineSettings> {
  /** Which engine: its texts, and the name that tests know it by. */
  readonly part: "recognition" | "speech";
  readonly draft: T;
  /** Chooses an engine. Its fields are its own. */
  readonly onChoose: (engine: T["engine"]) => void;
  readonly onEdit: (change: Partial<T>) => void;
}

/** An engine, and where it is when it is a server. */
export function ServerFields<T extends EngineSettings>(props: ServerFieldsProps<T>): ReactNode {
  const { part, draft, onChoose, onEdit } = props;
  const { label, hints, names, modelPlaceholder } = TEXT[part];
  const { engine, apiKey, model } = draft;
  const edit = (change: Partial<Extract<EngineSettings, { voice: string }>>): void => onEdit(change as Partial<T>);
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
        <>
          <AddressField {...props} />
          {engine !== "vibevoice" && (
            <label>
              {TEXT.apiKey}
              <input
                type="password"
                autoComplete="off"
                maxLength={500}
                placeholder={TEXT.apiKeyPlaceholder}
                value={apiKey}
                onChange={(event) => edit({ apiKey: event.target.value.trim() })}
              />
            </label>
          )}
          {engine === "openai" && (
            <label>
              {TEXT.model}
              <input
                value={model}
                maxLength={200}
                spellCheck={false}
                placeholder={modelPlaceholder}
                onChange={(event) => edit({ model: event.target.value.trim() })}
              />
            </label>
          )}
          {"voice" in draft && (
            <label>
              {TEXT.voice}
              <input
                value={draft.voice}
                maxLength={200}
                spellCheck={false}
                placeholder={TEXT.voicePlaceholder}
                onChange={(event) => edit({ voice: event.target.value })}
              />
            </label>
          )}
        </>
      )}
    </div>
  );
}

function AddressField<T extends EngineSettings>({ part, draft, onEdit }: ServerFieldsProps<T>): ReactNode {
  const noteId = useId();
  const { engine, urls } = draft;
  const isOpenAi = engine === "openai";
  const isWrong = urls.length > 0 && !areServerAddresses(engine, splitAddresses(urls.join(" ")));
  const { placeholders } = TEXT[part];
  return (
    <div className="field">
      <label>
        {isOpenAi ? TEXT.addresses : TEXT.address}
        <input
          value={urls.join(" ")}
          data-testid={`engine-${part}-address`}
          inputMode="url"
          spellCheck={false}
          aria-invalid={isWrong}
          aria-describedby={isWrong || isOpenAi ? noteId : undefined}
          placeholder={placeholders[engine as keyof typeof placeholders]}
          // As it is written: it is taken apart when it is saved.
          onChange={({ target }) => onEdit({ urls: target.value === "" ? [] : [target.value] } as Partial<T>)}
        />
      </label>
      {isWrong && (
        <p className="turn-failure" id={noteId} role="alert" data-testid={`engine-${part}-problem`}>
          {isOpenAi ? TEXT.badAddress.http : TEXT.badAddress.socket}
        </p>
      )}
      {!isWrong && isOpenAi && (
        <p className="hint" id={noteId}>
          {TEXT.addressesHint}
        </p>
      )}
    </div>
  );
}
