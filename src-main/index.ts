import "./small-heap.ts";
import { join } from "node:path";
import { app } from "electron";
import { composeAssistant } from "./compose.ts";
import { openElectronWindow, registerPageScheme } from "./window/electron-shell.ts";

registerPageScheme();
if (app.requestSingleInstanceLock()) void start();
else app.quit();

/** One window, one assistant: closing either ends both. */
async function start(): Promise<void> {
  const composing = composeAssistant();
  await app.whenReady();
  const { assistant } = await composing;
  const window = await openElectronWindow({ outFolder: join(import.meta.dirname, ".."), endpoint: assistant });
  app.on("second-instance", () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on("window-all-closed", () => app.quit());
  let isClosed = false;
  app.on("will-quit", (event) => {
    if (isClosed) return;
    event.preventDefault();
    void assistant.close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });
}
