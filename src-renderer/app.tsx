import type { ReactNode } from "react";
import { Composer } from "./conversation/composer.tsx";
import { Conversation } from "./conversation/conversation.tsx";
import { PlaybackLab } from "./playback-lab/playback-lab.tsx";
import { SettingsPanel } from "./settings/settings-panel.tsx";
import { Notices } from "./status/notices.tsx";
import { StatusPanel } from "./status/status-panel.tsx";
import { Timers } from "./status/timers.tsx";
import { STRINGS } from "./strings.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { useWindow, windowActions } from "./window-state.ts";

/** The whole window. The settings take the place of the conversation while they are open, the playback lab that of everything but the notices. */
export function App(): ReactNode {
  const page = useWindow((state) => state.page);
  const isTalking = page === "conversation";
  useShortcuts();
  return (
    <div className="window">
      <header className="bar">
        <h1>{STRINGS.appName}</h1>
        <button
          type="button"
          className="quiet"
          data-testid="settings-open"
          aria-expanded={!isTalking}
          onClick={() => windowActions().turnTo(isTalking ? "settings" : "conversation")}
        >
          {isTalking ? STRINGS.settings : STRINGS.done}
        </button>
      </header>
      <main>
        {page !== "lab" && <StatusPanel />}
        <Notices />
        {page === "settings" && <SettingsPanel />}
        {page === "lab" && <PlaybackLab />}
        {isTalking && (
          <>
            <Timers />
            <Conversation />
          </>
        )}
        {page !== "lab" && <Composer />}
      </main>
    </div>
  );
}
