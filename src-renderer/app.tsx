import { useEffect, useState, type ReactNode } from "react";
import { Composer } from "./conversation/composer.tsx";
import { Conversation } from "./conversation/conversation.tsx";
import { SettingsPanel } from "./settings/settings-panel.tsx";
import { Notices } from "./status/notices.tsx";
import { StatusPanel } from "./status/status-panel.tsx";
import { Timers } from "./status/timers.tsx";
import { STRINGS } from "./strings.ts";
import { useShortcuts } from "./use-shortcuts.ts";

/** The whole window. */
export function App(): ReactNode {
  const [settingsOpen, setSettingsOpen] = useState(false);
  useShortcuts();
  useEffect(() => {
    document.title = STRINGS.appName;
  }, []);
  return (
    <div className="window">
      <header className="bar">
        <h1>{STRINGS.appName}</h1>
        <button
          type="button"
          className="quiet"
          data-testid="settings-open"
          aria-expanded={settingsOpen}
          onClick={() => setSettingsOpen(!settingsOpen)}
        >
          {settingsOpen ? STRINGS.close : STRINGS.settings}
        </button>
      </header>
      {settingsOpen && <SettingsPanel />}
      <StatusPanel />
      <Notices />
      <Timers />
      <Conversation />
      <Composer />
    </div>
  );
}
