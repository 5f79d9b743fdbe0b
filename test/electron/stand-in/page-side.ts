/**
 * The page's half of the stand-in: what a preload script gets when it asks for `electron`. Runs in the browser before the page's own
 * scripts, as source text, so it refers to nothing outside itself.
 */
export function installPreload(preload: (require: (name: string) => unknown) => void): void {
  if (location.protocol !== "http:") return;
  type Listener = (event: { ports: MessagePort[] }, ...args: unknown[]) => void;
  const socket = new WebSocket(location.href.replace(/^http/, "ws"));
  const listeners = new Map<string, Listener[]>();
  const answers = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const ports = new Map<number, MessagePort>();
  const opened = new Promise((resolve) => socket.addEventListener("open", resolve));
  let lastId = 0;

  const toText = (message: object) =>
    JSON.stringify(message, (_, value: unknown) => {
      if (!(value instanceof Float32Array)) return value;
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return { float32: btoa(String.fromCharCode(...bytes)) };
    });
  const fromText = (text: string): unknown =>
    JSON.parse(text, (_, value: { float32?: unknown } | null) => {
      if (typeof value?.float32 !== "string") return value;
      return new Float32Array(Uint8Array.from(atob(value.float32), (letter) => letter.charCodeAt(0)).buffer);
    });
  const tell = (message: object) => void opened.then(() => socket.send(toText(message)));
  const adopt = (id: number): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", ({ data }) => tell({ kind: "port", port: id, data: data as unknown }));
    port1.start();
    ports.set(id, port1);
    return port2;
  };
  socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const message = fromText(data) as {
      kind: string;
      channel: string;
      args: unknown[];
      id: number;
      value: unknown;
      error?: string;
      message: unknown;
      ports: number[];
      port: number;
      data: unknown;
    };
    if (message.kind === "send")
      for (const listener of listeners.get(message.channel) ?? []) listener({ ports: [] }, ...message.args);
    if (message.kind === "post")
      for (const listener of listeners.get(message.channel) ?? [])
        listener({ ports: message.ports.map(adopt) }, message.message);
    if (message.kind === "port") ports.get(message.port)?.postMessage(message.data);
    if (message.kind === "port-closed") ports.get(message.port)?.close();
    if (message.kind === "answer") {
      const answer = answers.get(message.id);
      if (message.error === undefined) answer?.resolve(message.value);
      else answer?.reject(new Error(message.error));
    }
  });

  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, api: object) =>
        Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true }),
    },
    ipcRenderer: {
      on: (channel: string, listener: Listener) =>
        void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      send: (channel: string, ...args: unknown[]) => tell({ kind: "send", channel, args }),
      invoke: (channel: string, ...args: unknown[]) => {
        const id = ++lastId;
        tell({ kind: "invoke", id, channel, args });
        return new Promise((resolve, reject) => answers.set(id, { resolve, reject }));
      },
    },
  };
  preload((name) => {
    if (name !== "electron") throw new Error(`a sandboxed preload script cannot require ${name}`);
    return electron;
  });
}
