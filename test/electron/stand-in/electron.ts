/**
 * Takes the place of the `electron` module for the unmodified built main process, where the true binary cannot be had: as much of it as
 * Repartee uses. Windows are pages of a real browser that the test opens (see stand-in-app.ts); IPC and ports travel over a WebSocket. It
 * follows Electron's documentation; it shows nothing about sandboxing, isolation or what Chromium does with the permission handlers.
 */
import { EventEmitter } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { runInThisContext } from "node:vm";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { WebSocketServer, type WebSocket } from "ws";
import { decodeWire, encodeWire, type WireMessage } from "./wire.ts";

const { STAND_IN_RESOURCES } = process.env;
if (STAND_IN_RESOURCES) Object.assign(process, { resourcesPath: STAND_IN_RESOURCES });

type Listener = (event: unknown, ...args: unknown[]) => unknown;
type AnswerPage = (request: { url: string; method: string }) => Promise<Response>;

class App extends EventEmitter {
  whenReady(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
  requestSingleInstanceLock(): boolean {
    return process.env["STAND_IN_IS_SECOND"] === undefined;
  }
  quit(): void {
    let isPrevented = false;
    this.emit("will-quit", { preventDefault: () => (isPrevented = true) });
    if (!isPrevented) process.exit(0);
  }
}
export const app = new App();

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, Listener>();
  handle(channel: string, handler: Listener): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }
}
export const ipcMain = new IpcMain();

const schemes: { scheme: string; privileges: object }[] = [];
const pageHandlers = new Map<string, AnswerPage>();
export const protocol = {
  schemes,
  registerSchemesAsPrivileged: (wanted: typeof schemes) => void schemes.push(...wanted),
  handle: (scheme: string, handler: AnswerPage) => void pageHandlers.set(scheme, handler),
};

/** Keeps the handlers so that a test can ask them. */
class Session {
  readonly handlers: Record<string, (...args: never[]) => unknown> = {};
  setPermissionRequestHandler(handler: () => unknown): void {
    this.handlers["request"] = handler;
  }
  setPermissionCheckHandler(handler: () => unknown): void {
    this.handlers["check"] = handler;
  }
  setDevicePermissionHandler(handler: () => unknown): void {
    this.handlers["device"] = handler;
  }
}
export const session = { defaultSession: new Session() };

/** A port that stays in the main process, or goes to the page when it is posted there. */
class MessagePortMain extends EventEmitter {
  readonly native: MessagePort;
  constructor(native: MessagePort) {
    super();
    this.native = native;
    native.on("close", () => this.emit("close"));
  }
  start(): void {
    this.native.on("message", (data: unknown) => this.emit("message", { data, ports: [] }));
  }
  postMessage(data: unknown): void {
    this.native.postMessage(data);
  }
  close(): void {
    this.native.close();
  }
}
export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new MessagePortMain(port1);
    this.port2 = new MessagePortMain(port2);
  }
}

class WebContents extends EventEmitter {
  readonly mainFrame = { url: "" };
  readonly #ports = new Map<number, MessagePort>();
  #socket: WebSocket | undefined;
  openWindow: (details: { url: string }) => { action: string } = () => ({ action: "allow" });

  setWindowOpenHandler(handler: typeof this.openWindow): void {
    this.openWindow = handler;
  }
  send(channel: string, ...args: unknown[]): void {
    this.#tell({ kind: "send", channel, args });
  }
  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    const ports = transfer.map(({ native }) => this.#adopt(native));
    this.#tell({ kind: "post", channel, message, ports });
  }
  connect(socket: WebSocket): void {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#take(decodeWire(data.toString())));
  }
  #tell(message: WireMessage): void {
    this.#socket?.send(encodeWire(message));
  }
  #adopt(native: MessagePort): number {
    const port = this.#ports.size + 1;
    this.#ports.set(port, native);
    native.on("message", (data: unknown) => this.#tell({ kind: "port", port, data }));
    native.on("close", () => this.#tell({ kind: "port-closed", port }));
    return port;
  }
  #take(message: WireMessage): void {
    const event = { sender: this, senderFrame: this.mainFrame };
    if (message.kind === "send") ipcMain.emit(message.channel, event, ...message.args);
    if (message.kind === "port") this.#ports.get(message.port)?.postMessage(message.data);
    if (message.kind === "port-closed") this.#ports.get(message.port)?.close();
    if (message.kind === "invoke") {
      const { id, channel, args } = message;
      void Promise.resolve(ipcMain.handlers.get(channel)?.(event, ...args)).then(
        (value) => this.#tell({ kind: "answer", id, value }),
        (error: unknown) => this.#tell({ kind: "answer", id, error: String(error) }),
      );
    }
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly windows: BrowserWindow[] = [];
  static getAllWindows(): BrowserWindow[] {
    return BrowserWindow.windows;
  }
  readonly options: object & { webPreferences?: { preload?: string } };
  readonly webContents = new WebContents();
  isShown = false;
  focused = 0;

  constructor(options: BrowserWindow["options"]) {
    super();
    this.options = options;
    BrowserWindow.windows.push(this);
  }
  show(): void {
    this.isShown = true;
  }
  focus(): void {
    this.focused++;
  }
  isMinimized(): boolean {
    return false;
  }
  setMenuBarVisibility(): void {
    // The browser has its own.
  }

  /** Serves the page to the test's browser and resolves when the page is there. */
  async loadURL(address: string): Promise<void> {
    const { protocol: scheme, host } = new URL(address);
    const origin = `${scheme}//${host}`;
    const server = createServer((request, response) => {
      if (request.url === "/") {
        this.webContents.mainFrame.url = address;
        this.webContents.emit("did-start-navigation", { isMainFrame: true, isSameDocument: false, url: address });
      }
      void serve(scheme.slice(0, -1), `${origin}${request.url}`, request.method ?? "GET", response);
    });
    const sockets = new WebSocketServer({ server });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const connected = new Promise<void>((resolve) =>
      sockets.on("connection", (socket) => {
        this.webContents.connect(socket);
        resolve();
      }),
    );
    const { port } = server.address() as AddressInfo;
    process.send?.({ kind: "window", url: `http://127.0.0.1:${port}/`, preload: this.options.webPreferences?.preload });
    await connected;
    this.emit("ready-to-show");
  }

  /** The user closes the window. */
  close(): void {
    BrowserWindow.windows.splice(BrowserWindow.windows.indexOf(this), 1);
    this.emit("closed");
    if (BrowserWindow.windows.length === 0) app.emit("window-all-closed");
  }
}

async function serve(scheme: string, url: string, method: string, response: ServerResponse): Promise<void> {
  const answer = await pageHandlers.get(scheme)?.({ url, method });
  response.writeHead(answer?.status ?? 404, Object.fromEntries(answer?.headers ?? []));
  response.end(answer && Buffer.from(await answer.arrayBuffer()));
}

/** The test asks to run a function on this module, as Playwright's `ElectronApplication.evaluate` does. */
process.on("message", ({ id, source }: { id: number; source: string }) => {
  const run = runInThisContext(`(${source})`) as (electron: object) => unknown;
  const electron = { app, ipcMain, protocol, session, BrowserWindow };
  void Promise.resolve()
    .then(() => run(electron))
    .then(
      (value) => process.send?.({ kind: "evaluated", id, value }),
      (error: unknown) => process.send?.({ kind: "evaluated", id, error: String(error) }),
    );
});
