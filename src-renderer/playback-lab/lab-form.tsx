import type { FormEvent, ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { windowActions } from "../window-state.ts";
import { JITTER_PRESETS, LAB_LIMITS, presetOf, readDraft, type JitterPreset, type LabDraft } from "./lab-draft.ts";
import { LabSource } from "./lab-source.tsx";
import { LabStatus } from "./lab-status.tsx";
import { beginLab, breakOffLab, editDraft, isLabBusy, useLab } from "./lab-state.ts";
import { WholeNumber } from "./whole-number.tsx";

const TEXT = STRINGS.lab;
const OWN = "own";

/** What to play, when to start and how it arrives; Play and Stop. */
export function LabForm(): ReactNode {
  const draft = useLab((state) => state.draft);
  const isBusy = useLab(isLabBusy);
  const { request, wrong } = readDraft(draft);
  const play = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!request || isBusy) return;
    beginLab(request);
    const outcome = await windowActions().request("lab-play", request);
    if (!outcome.ok) breakOffLab(outcome.failure);
  };
  const stop = async (): Promise<void> => {
    const outcome = await windowActions().request("lab-stop", {});
    if (!outcome.ok) breakOffLab(outcome.failure);
  };
  return (
    <form className="card lab-form" onSubmit={(event) => void play(event)}>
      <h2>{TEXT.name}</h2>
      <p className="hint">{TEXT.explain}</p>
      <LabSource draft={draft} wrong={wrong} />
      <Start draft={draft} isWrong={wrong.has("preRollMs")} />
      <Arrival jitter={draft.jitter} />
      <WholeNumber
        label={TEXT.chunkBytes}
        hint={TEXT.chunkBytesHint}
        value={draft.chunkBytes}
        most={LAB_LIMITS.chunkBytes}
        isWrong={wrong.has("chunkBytes")}
        onEdit={(chunkBytes) => editDraft({ chunkBytes })}
      />
      <WholeNumber
        label={TEXT.seed}
        value={draft.seed}
        most={LAB_LIMITS.seed}
        isWrong={wrong.has("seed")}
        onEdit={(seed) => editDraft({ seed })}
      />
      <div className="save">
        {/* One button, so that it keeps the focus. */}
        <button
          type={isBusy ? "button" : "submit"}
          className={isBusy ? "wide" : "wide primary"}
          disabled={!isBusy && !request}
          data-testid={isBusy ? "lab-stop" : "lab-play"}
          onClick={isBusy ? () => void stop() : undefined}
        >
          {isBusy ? STRINGS.stop : TEXT.play}
        </button>
        <LabStatus />
      </div>
    </form>
  );
}

function Start({ draft, isWrong }: { readonly draft: LabDraft; readonly isWrong: boolean }): ReactNode {
  return (
    <>
      <label>
        {TEXT.policy}
        <select
          value={draft.policy}
          data-testid="lab-policy"
          onChange={(event) => editDraft({ policy: event.target.value as LabDraft["policy"] })}
        >
          {Object.entries(TEXT.policies).map(([policy, name]) => (
            <option key={policy} value={policy}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {draft.policy === "fixed" && (
        <WholeNumber
          label={TEXT.preRoll}
          value={draft.preRollMs}
          most={LAB_LIMITS.preRollMs}
          isWrong={isWrong}
          onEdit={(preRollMs) => editDraft({ preRollMs })}
        />
      )}
    </>
  );
}

/** Presets and the words behind them: either changes the other. */
function Arrival({ jitter }: { readonly jitter: string }): ReactNode {
  const preset = presetOf(jitter);
  const choose = (chosen: string): void => {
    if (chosen in JITTER_PRESETS) editDraft({ jitter: JITTER_PRESETS[chosen as JitterPreset] });
  };
  return (
    <>
      <label className="lab-wide">
        {TEXT.arrival}
        <select value={preset ?? OWN} data-testid="lab-preset" onChange={(event) => choose(event.target.value)}>
          {Object.entries(TEXT.presets).map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
          {!preset && <option value={OWN}>{TEXT.ownPreset}</option>}
        </select>
      </label>
      <label className="lab-wide">
        {TEXT.jitter}
        <input
          value={jitter}
          data-testid="lab-jitter"
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          placeholder={TEXT.jitterPlaceholder}
          onChange={(event) => editDraft({ jitter: event.target.value })}
        />
      </label>
    </>
  );
}
