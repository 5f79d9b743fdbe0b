import type { ReactNode } from "react";
import { parseCommandLine } from "../../src-shared/command-line.ts";
import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import { Choice } from "./choice.tsx";
import { choiceOf, draftOf, problemOf, type ConversationDraft } from "./conversation-draft.ts";
import { CONVERSATION_STRINGS as TEXT } from "./conversation-strings.ts";
import { FORM_STRINGS } from "./form-strings.ts";
import { SavedForm } from "./saved-form.tsx";
import { TextField } from "./text-field.tsx";
import { useDraft } from "./use-draft.ts";
import "./conversation-form.css";

interface ConversationFormProps {
  readonly saved: ConversationChoice;
  /** Whether it was saved. */
  readonly onSave: (choice: ConversationChoice) => Promise<boolean>;
}

/** Who holds the conversation: Repartee, a program or a server, saved together. Saved again, an engine that failed is tried again. */
export function ConversationForm({ saved, onSave }: ConversationFormProps): ReactNode {
  const { draft, edit, isSaved, save } = useDraft(
    () => draftOf(saved),
    (changed) => onSave(choiceOf(changed)),
  );
  return (
    <SavedForm
      title={TEXT.title}
      name="conversation"
      canSave={problemOf(draft) === undefined}
      isSaved={isSaved}
      onSave={save}
    >
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
      {draft.engine === "chat" && <ChatFields draft={draft} onEdit={edit} />}
    </SavedForm>
  );
}

interface FieldsProps {
  readonly draft: ConversationDraft;
  readonly onEdit: (change: Partial<ConversationDraft>) => void;
}

/** The program and its arguments in one line, and how it is understood. */
function CommandFields({ draft, onEdit }: FieldsProps): ReactNode {
  const command = parseCommandLine(draft.commandLine) ?? [];
  return (
    <>
      <TextField
        isWide
        label={TEXT.commandLine}
        value={draft.commandLine}
        hint={TEXT.commandLineHint}
        problem={problemOf(draft)}
        data-testid="conversation-command"
        maxLength={4_000}
        placeholder="ssh gpu moshi-stdio"
        onChange={(commandLine) => onEdit({ commandLine })}
      />
      {command.length > 0 && (
        <p className="hint wide-field command-line" data-testid="conversation-starts">
          {TEXT.starts}
          {command.map((part, index) => (
            // Arguments have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <code key={index}>{part}</code>
          ))}
        </p>
      )}
    </>
  );
}

/** The server, and what PersonaPlex is told. */
function ChatFields({ draft, onEdit }: FieldsProps): ReactNode {
  return (
    <>
      <TextField
        isWide
        label={FORM_STRINGS.address}
        value={draft.url}
        problem={problemOf(draft)}
        data-testid="conversation-url"
        inputMode="url"
        placeholder="ws://127.0.0.1:8998"
        onChange={(url) => onEdit({ url: url.trim() })}
      />
      <TextField
        label={TEXT.voicePrompt}
        value={draft.voicePrompt}
        maxLength={200}
        placeholder="NATF0.pt"
        onChange={(voicePrompt) => onEdit({ voicePrompt: voicePrompt.trim() })}
      />
      <TextField
        label={TEXT.textPrompt}
        value={draft.textPrompt}
        spellCheck
        maxLength={4_000}
        placeholder={TEXT.textPromptPlaceholder}
        onChange={(textPrompt) => onEdit({ textPrompt })}
      />
    </>
  );
}
