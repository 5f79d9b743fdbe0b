import { join } from "node:path";
import { app } from "electron";
import { composeAssistant } from "./compose.ts";
import { openElectronWindow } from "./window/electron-shell.ts";

if (app.requestSingleInstanceLock()) {
  const starting = start();
  app.on("second-instance", () => void starting.then(({ window }) => window.focus()));
} else app.quit();

async function start() {
  const composed = composeAssistant();
  await app.whenReady();
  const { assistant } = await composed;
  const window = await openElectronWindow({ outFolder: join(import.meta.dirname, ".."), endpoint: assistant });
  let isClosed = false;
  app.on("will-quit", (event) => {
    if (isClosed) return;
    event.preventDefault();
    void assistant.close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });
  app.on("window-all-closed", () => app.quit());
  return { assistant, window };
}
