import { useId, useState, type FormEvent, type ReactNode } from "react";
import { parseCommandLine } from "../../src-shared/command-line.ts";
import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import { STRINGS } from "../strings.ts";
import { Choice } from "./choice.tsx";
import { choiceOf, draftOf, problemOf, type ConversationDraft } from "./conversation-draft.ts";
import { CONVERSATION_STRINGS as TEXT } from "./conversation-strings.ts";
import "./conversation-form.css";

interface ConversationFormProps {
  readonly saved: ConversationChoice;
  /** Whether it was saved. */
  readonly onSave: (choice: ConversationChoice) => Promise<boolean>;
}

/** Who holds the conversation: Repartee, a program or a server, saved together. Saved again, an engine that failed is tried again. */
export function ConversationForm({ saved, onSave }: ConversationFormProps): ReactNode {
  const [draft, setDraft] = useState(() => draftOf(saved));
  const [note, setNote] = useState("");
  const problem = problemOf(draft);
  const edit = (change: Partial<ConversationDraft>): void => {
    setDraft({ ...draft, ...change });
    setNote("");
  };
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!problem && (await onSave(choiceOf(draft)))) setNote(STRINGS.settingsPanel.saved);
  };
  return (
    <form className="card" aria-label={TEXT.title} data-testid="conversation" onSubmit={(event) => void save(event)}>
      <h2>{TEXT.title}</h2>
      <div className="wide-field">
        <Choice
          label={TEXT.engine}
          names={TEXT.names}
          value={draft.engine}
          hint={TEXT.hints[draft.engine]}
          onChoose={(engine) => edit({ engine })}
        />
      </div>
      {draft.engine === "command" && <CommandFields draft={draft} onEdit={edit} />}
      {draft.engine === "chat" && <ServerFields draft={draft} onEdit={edit} />}
      <div className="wide-field save">
        <button type="submit" className="primary" disabled={problem !== undefined} data-testid="save-conversation">
          {STRINGS.settingsPanel.save}
        </button>
        <span role="status">{note}</span>
      </div>
    </form>
  );
}

interface FieldsProps {
  readonly draft: ConversationDraft;
  readonly onEdit: (change: Partial<ConversationDraft>) => void;
}

/** The program and its arguments in one line, and how it is understood. */
function CommandFields({ draft, onEdit }: FieldsProps): ReactNode {
  const hintId = useId();
  const command = parseCommandLine(draft.commandLine) ?? [];
  return (
    <div className="field wide-field">
      <label>
        {TEXT.commandLine}
        <input
          value={draft.commandLine}
          data-testid="conversation-command"
          spellCheck={false}
          autoComplete="off"
          maxLength={4_000}
          placeholder="ssh gpu moshi-stdio"
          aria-describedby={hintId}
          onChange={({ target }) => onEdit({ commandLine: target.value })}
        />
      </label>
      <p className="hint" id={hintId}>
        {TEXT.commandLineHint}
      </p>
      {command.length > 0 && (
        <p className="hint command-line" data-testid="conversation-starts">
          {TEXT.starts}
          {command.map((part, index) => (
            // Arguments have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <code key={index}>{part}</code>
          ))}
        </p>
      )}
      <Problem draft={draft} />
    </div>
  );
}

/** The server, and what PersonaPlex is told. */
function ServerFields({ draft, onEdit }: FieldsProps): ReactNode {
  return (
    <>
      <label className="wide-field">
        {TEXT.url}
        <input
          value={draft.url}
          data-testid="conversation-url"
          inputMode="url"
          spellCheck={false}
          maxLength={2_000}
          placeholder="ws://127.0.0.1:8998"
          onChange={({ target }) => onEdit({ url: target.value.trim() })}
        />
        <Problem draft={draft} />
      </label>
      <label>
        {TEXT.voicePrompt}
        <input
          value={draft.voicePrompt}
          maxLength={200}
          spellCheck={false}
          placeholder="NATF0.pt"
          onChange={({ target }) => onEdit({ voicePrompt: target.value.trim() })}
        />
      </label>
      <label>
        {TEXT.textPrompt}
        <input
          value={draft.textPrompt}
          maxLength={4_000}
          placeholder={TEXT.textPromptPlaceholder}
          onChange={({ target }) => onEdit({ textPrompt: target.value })}
        />
      </label>
    </>
  );
}

function Problem({ draft }: Pick<FieldsProps, "draft">): ReactNode {
  const problem = problemOf(draft);
  return (
    problem && (
      <span className="turn-failure" role="alert" data-testid="conversation-problem">
        {TEXT.problems[problem]}
      </span>
    )
  );
}
