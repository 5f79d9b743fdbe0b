import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  BrowserWindow,
  ipcMain,
  MessageChannelMain,
  session,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
} from "electron";
import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import { CHANNELS } from "../../src-shared/electron-channels.ts";
import { failed, type Outcome } from "../../src-shared/failure.ts";
import type { SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import type { AssistantEndpoint, AudioSession } from "./assistant-endpoint.ts";

/** Where the built preload script and renderer are. */
export interface ElectronShellOptions {
  readonly outFolder: string;
  readonly endpoint: AssistantEndpoint;
}

/**
 * The desktop window: sandboxed, isolated, no Node. Only our own page may call, and only our own page may use the microphone; every other
 * permission, navigation and new window is refused. Main thread, after Electron is ready.
 */
export async function openElectronWindow({ outFolder, endpoint }: ElectronShellOptions): Promise<BrowserWindow> {
  const page = join(outFolder, "renderer", "index.html");
  const pageUrl = pathToFileURL(page).href;
  allowOnlyMicrophone(pageUrl);
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
  window.once("ready-to-show", () => window.show());
  window.webContents.on("will-navigate", (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(() => ({ action: "deny" }));
  connectPage(window, pageUrl, endpoint);
  await window.loadFile(page);
  return window;
}

/** Grants the microphone to our own page and nothing else to anybody. */
function allowOnlyMicrophone(pageUrl: string): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_, permission, callback, details) => {
    const wantsAudioOnly = "mediaTypes" in details && details.mediaTypes?.every((type) => type === "audio") === true;
    callback(permission === "media" && wantsAudioOnly && details.requestingUrl === pageUrl);
  });
  defaultSession.setPermissionCheckHandler((contents, permission, _, details) => {
    const isOurs = contents?.getURL() === pageUrl || details.requestingUrl === pageUrl;
    return permission === "media" && details.mediaType === "audio" && isOurs;
  });
}

function connectPage(window: BrowserWindow, pageUrl: string, endpoint: AssistantEndpoint): void {
  const isOurs = ({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean =>
    senderFrame !== null && senderFrame === window.webContents.mainFrame && senderFrame.url.split("#")[0] === pageUrl;
  let unsubscribe = (): void => undefined;
  let audio: AudioSession | undefined;
  const dropAudio = (): void => {
    if (audio) endpoint.detachAudio(audio);
    audio = undefined;
  };

  ipcMain.handle(CHANNELS.request, (event, name: unknown, input: unknown): Promise<Outcome<unknown>> => {
    if (!isOurs(event) || typeof name !== "string") {
      return Promise.resolve(failed("protocol-error", "window", "a request that is not from our page"));
    }
    return endpoint.request(name, input);
  });
  ipcMain.on(CHANNELS.subscribe, (event) => {
    if (!isOurs(event)) return;
    unsubscribe();
    unsubscribe = endpoint.subscribe((news) => {
      if (!window.isDestroyed()) window.webContents.send(CHANNELS.event, news);
    });
  });
  ipcMain.on(CHANNELS.audioPorts, (event) => {
    if (!isOurs(event)) return;
    dropAudio();
    const [microphone, speaker] = [new MessageChannelMain(), new MessageChannelMain()];
    const opened: AudioSession = {
      onMicrophoneFrame: () => undefined,
      onSpeakerReport: () => undefined,
      sendSpeakerCommand: (command) => speaker.port1.postMessage(command),
    };
    audio = opened;
    microphone.port1.on("message", ({ data }) => opened.onMicrophoneFrame(data as MicrophoneFrame));
    speaker.port1.on("message", ({ data }) => opened.onSpeakerReport(data as SpeakerReport));
    microphone.port1.start();
    speaker.port1.start();
    endpoint.attachAudio(opened);
    window.webContents.postMessage(CHANNELS.audioPorts, null, [microphone.port2, speaker.port2]);
  });
  window.webContents.on("render-process-gone", dropAudio);
  window.webContents.on("did-start-navigation", ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) dropAudio();
  });
  window.on("closed", () => {
    unsubscribe();
    dropAudio();
  });
}
