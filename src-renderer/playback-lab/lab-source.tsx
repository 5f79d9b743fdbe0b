import type { ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import type { LabDraft } from "./lab-draft.ts";
import { editDraft } from "./lab-state.ts";

const TEXT = STRINGS.lab;

interface LabSourceProps {
  readonly draft: LabDraft;
  readonly wrong: ReadonlySet<keyof LabDraft>;
}

/** What to play: a text, a file or an address. */
export function LabSource({ draft, wrong }: LabSourceProps): ReactNode {
  const { sourceKind } = draft;
  return (
    <>
      <label className="lab-wide">
        {TEXT.source}
        <select
          value={sourceKind}
          data-testid="lab-source"
          onChange={(event) => editDraft({ sourceKind: event.target.value as LabDraft["sourceKind"] })}
        >
          {Object.entries(TEXT.sources).map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {sourceKind === "text" && (
        <label className="lab-widest">
          {TEXT.text}
          <textarea
            value={draft.text}
            rows={1}
            maxLength={4000}
            aria-invalid={wrong.has("text")}
            onChange={(event) => editDraft({ text: event.target.value })}
          />
        </label>
      )}
      {sourceKind === "file" && (
        <label className="lab-widest">
          {TEXT.path}
          <input
            value={draft.path}
            maxLength={4096}
            spellCheck={false}
            placeholder={TEXT.pathPlaceholder}
            aria-invalid={wrong.has("path")}
            onChange={(event) => editDraft({ path: event.target.value })}
          />
        </label>
      )}
      {sourceKind === "url" && (
        <label className="lab-widest">
          {TEXT.url}
          <input
            value={draft.url}
            maxLength={2000}
            inputMode="url"
            spellCheck={false}
            autoComplete="off"
            placeholder={TEXT.urlPlaceholder}
            aria-invalid={wrong.has("url") && draft.url.trim() !== ""}
            onChange={(event) => editDraft({ url: event.target.value })}
          />
        </label>
      )}
    </>
  );
}
