import { createServer, type AddressInfo, type Socket } from "node:net";

/** A server that answers every request as a test says, good or bad. */
export interface ScriptedServer {
  /** For an endpoint. */
  readonly baseUrl: string;
  /** What was sent so far, one text for each connection. */
  readonly requests: string[];
  /** Connections that are open. */
  readonly open: Set<Socket>;
  close(): Promise<void>;
}

/** Starts one. `answer` is called once the head and body of a request with a length, or the head of one without, are there. */
export async function startScriptedServer(
  answer: (socket: Socket, request: string, count: number) => void,
): Promise<ScriptedServer> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    const index = requests.push("") - 1;
    open.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
    let isAnswered = false;
    socket.on("data", (bytes: Buffer) => {
      requests[index] += bytes.toString("latin1");
      const request = requests[index] ?? "";
      if (isAnswered || !isWhole(request)) return;
      isAnswered = true;
      answer(socket, request, ++count);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    open,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** The bytes of an answer with a length. */
export function answerBytes(
  body: Uint8Array | string,
  { status = "200 OK", type = "audio/pcm" }: { readonly status?: string; readonly type?: string } = {},
): Buffer {
  const bytes = Buffer.from(body as Uint8Array);
  const head = `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** The head of an answer in chunks. */
export function chunkedHead(type = "audio/pcm"): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n`;
  return Buffer.from(head);
}

/** A chunk of such an answer; an empty one ends it. */
export function chunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

/** Sends a piece over and over, as fast as it is taken. */
export function flood(socket: Socket, head: Uint8Array, piece: Uint8Array): void {
  socket.write(head);
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();
}

function isWhole(request: string): boolean {
  const bodyAt = request.indexOf("\r\n\r\n") + 4;
  if (bodyAt < 4) return false;
  const length = Number(/^content-length: (\d+)$/im.exec(request)?.[1] ?? 0);
  if (/^transfer-encoding: chunked$/im.test(request)) return request.endsWith("0\r\n\r\n");
  return request.length - bodyAt >= length;
}
