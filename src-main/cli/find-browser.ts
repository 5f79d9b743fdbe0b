import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const BROWSERS = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
  "chrome",
  "msedge",
];
const MAC_BROWSERS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/** Path of a browser that can open a window without tabs; undefined when none is where browsers usually are. */
export function findBrowser(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const extension = process.platform === "win32" ? ".exe" : "";
  const candidates = BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name + extension)));
  return [...candidates, ...(process.platform === "darwin" ? MAC_BROWSERS : [])].find((path) => existsSync(path));
}
