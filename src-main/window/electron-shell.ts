import { join } from "node:path";
import { BrowserWindow, ipcMain, protocol, session, type IpcMainEvent, type IpcMainInvokeEvent } from "electron";
import { CHANNELS } from "../../src-shared/electron-channels.ts";
import { failed, type Outcome } from "../../src-shared/failure.ts";
import type { AssistantEndpoint, AudioSession } from "./assistant-endpoint.ts";
import { openAudioPorts, type AudioPorts } from "./electron-audio-ports.ts";
import { PageClock } from "./page-clock.ts";
import { pageHeaders, readPageFile } from "./page-files.ts";

const SCHEME = "repartee";
const ORIGIN = `${SCHEME}://window`;
/** A page that has crashed so often will crash again. */
const MOST_RELOADS = 5;

/** Where the built preload script and renderer are. */
export interface ElectronShellOptions {
  readonly outFolder: string;
  readonly endpoint: AssistantEndpoint;
}

/** Makes the window's own address an ordinary secure origin. Once, before Electron is ready. */
export function registerPageScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }]);
}

/**
 * The desktop window: sandboxed, isolated, no Node. Only our own page may call, and only our own page may use the microphone; every other
 * permission, navigation and new window is refused. Main thread, after Electron is ready.
 */
export async function openElectronWindow({ outFolder, endpoint }: ElectronShellOptions): Promise<BrowserWindow> {
  servePage(join(outFolder, "renderer"));
  allowOnlyMicrophone();
  const window = new BrowserWindow({
    width: 900,
    height: 640,
    minWidth: 380,
    minHeight: 420,
    title: "Repartee",
    show: false,
    webPreferences: {
      preload: join(outFolder, "preload", "index.cjs"),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      backgroundThrottling: false,
      autoplayPolicy: "no-user-gesture-required",
    },
  });
  window.setMenuBarVisibility(false);
  window.once("ready-to-show", () => window.show());
  window.webContents.on("will-navigate", (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(() => ({ action: "deny" }));
  connectPage(window, endpoint);
  await window.loadURL(`${ORIGIN}/`);
  return window;
}

/** Serves the built window with the same headers as the browser shell does. */
function servePage(folder: string): void {
  protocol.handle(SCHEME, async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    const isOurs = `${SCHEME}://${host}` === ORIGIN && method === "GET";
    const file = isOurs ? await readPageFile(folder, pathname) : undefined;
    if (!file) return new Response("Not found.\n", { status: 404 });
    return new Response(file.bytes, { headers: { ...pageHeaders(""), "Content-Type": file.type } });
  });
}

/** Grants the microphone to our own page and nothing else to anybody. */
function allowOnlyMicrophone(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_, permission, callback, details) => {
    const types = "mediaTypes" in details ? (details.mediaTypes ?? []) : [];
    const wantsMicrophone = permission === "media" && types.length > 0 && types.every((type) => type === "audio");
    callback(wantsMicrophone && details.isMainFrame && isOurUrl(details.requestingUrl));
  });
  defaultSession.setPermissionCheckHandler((_, permission, requestingOrigin, { mediaType, isMainFrame }) => {
    return permission === "media" && mediaType === "audio" && isMainFrame && isOurUrl(requestingOrigin);
  });
  defaultSession.setDevicePermissionHandler(() => false);
}

/** `url`: a page's address or an origin, which Electron gives with or without a final slash. */
function isOurUrl(url: string): boolean {
  return url === ORIGIN || url.startsWith(`${ORIGIN}/`);
}

function connectPage(window: BrowserWindow, endpoint: AssistantEndpoint): void {
  const { webContents } = window;
  const isOurs = ({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean =>
    senderFrame !== null && senderFrame === webContents.mainFrame && isOurUrl(senderFrame.url);
  let unsubscribe = (): void => undefined;
  let ports: AudioPorts | undefined;
  const page: AudioSession = {
    onMicrophoneFrame: () => undefined,
    onSpeakerReport: () => undefined,
    sendSpeakerCommand: (command) => ports?.send(command),
  };
  const dropPage = (): void => {
    unsubscribe();
    endpoint.detachAudio(page);
    ports?.close();
    ports = undefined;
  };

  ipcMain.handle(CHANNELS.request, (event, name: unknown, input: unknown): Promise<Outcome<unknown>> => {
    if (isOurs(event) && typeof name === "string") return endpoint.request(name, input, page);
    return Promise.resolve(failed("protocol-error", "window", "a request that is not from our page"));
  });
  ipcMain.on(CHANNELS.subscribe, (event) => {
    if (!isOurs(event)) return;
    unsubscribe();
    unsubscribe = endpoint.subscribe((news) => webContents.send(CHANNELS.event, news));
  });
  ipcMain.on(CHANNELS.audioPorts, (event, wallLeadMs: unknown) => {
    if (!isOurs(event) || typeof wallLeadMs !== "number") return;
    ports?.close();
    ports = openAudioPorts(page, new PageClock(wallLeadMs));
    endpoint.attachAudio(page);
    webContents.postMessage(CHANNELS.audioPorts, null, [...ports.pagePorts]);
  });
  let reloads = 0;
  webContents.on("render-process-gone", (_, { reason }) => {
    dropPage();
    if (reason !== "clean-exit" && reloads++ < MOST_RELOADS) webContents.reload();
  });
  webContents.on("did-start-navigation", ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) dropPage();
  });
  window.on("closed", dropPage);
}
