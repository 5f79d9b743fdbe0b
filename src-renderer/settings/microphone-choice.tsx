import type { ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow } from "../window-state.ts";

interface MicrophoneChoiceProps {
  /** Name of the microphone, empty for the system's default. */
  readonly chosen: string;
  readonly onChoose: (label: string) => void;
}

/** Chooses the microphone by name. One that is not plugged in stays chosen. */
export function MicrophoneChoice({ chosen, onChoose }: MicrophoneChoiceProps): ReactNode {
  const available = useWindow((state) => state.microphone.available);
  const isAway = chosen !== "" && !available.includes(chosen);
  return (
    <label>
      {STRINGS.microphone.name}
      <select value={chosen} data-testid="microphone" onChange={(event) => onChoose(event.target.value)}>
        <option value="">{STRINGS.microphone.systemDefault}</option>
        {isAway && <option value={chosen}>{`${chosen} (${STRINGS.microphone.away})`}</option>}
        {available.map((label) => (
          <option key={label}>{label}</option>
        ))}
      </select>
    </label>
  );
}
