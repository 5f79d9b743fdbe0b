import type { ReactNode } from "react";
import { Composer } from "./conversation/composer.tsx";
import { Conversation } from "./conversation/conversation.tsx";
import { SettingsPanel } from "./settings/settings-panel.tsx";
import { Notices } from "./status/notices.tsx";
import { StatusPanel } from "./status/status-panel.tsx";
import { Timers } from "./status/timers.tsx";
import { STRINGS } from "./strings.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { useWindow, windowActions } from "./window-state.ts";

/** The whole window. The settings take the place of the conversation while they are open. */
export function App(): ReactNode {
  const settingsOpen = useWindow((state) => state.settingsOpen);
  useShortcuts();
  return (
    <div className="window">
      <header className="bar">
        <h1>{STRINGS.appName}</h1>
        <button
          type="button"
          className="quiet"
          data-testid="settings-open"
          aria-expanded={settingsOpen}
          onClick={() => windowActions().openSettings(!settingsOpen)}
        >
          {settingsOpen ? STRINGS.done : STRINGS.settings}
        </button>
      </header>
      <main>
        <StatusPanel />
        <Notices />
        {settingsOpen ? (
          <SettingsPanel />
        ) : (
          <>
            <Timers />
            <Conversation />
          </>
        )}
        <Composer />
      </main>
    </div>
  );
}
