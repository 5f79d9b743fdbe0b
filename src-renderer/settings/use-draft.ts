import { useState } from "react";

/** What the user is writing in a form. */
interface DraftInHand<Draft> {
  readonly draft: Draft;
  /** It is saved as it stands. */
  readonly isSaved: boolean;
  readonly edit: (change: Partial<Draft>) => void;
  readonly save: () => Promise<void>;
}

/** A draft that begins as `begin` says and is saved by `keep`, which tells whether it was. */
export function useDraft<Draft extends object>(
  begin: () => Draft,
  keep: (draft: Draft) => Promise<boolean>,
): DraftInHand<Draft> {
  const [draft, setDraft] = useState(begin);
  const [saved, setSaved] = useState<Draft>();
  return {
    draft,
    isSaved: draft === saved,
    edit: (change) => setDraft((current) => ({ ...current, ...change })),
    save: async () => {
      setSaved(undefined);
      if (await keep(draft)) setSaved(draft);
    },
  };
}
