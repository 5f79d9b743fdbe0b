import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createRawServer, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Starts an HTTP server for one test; returns its host and port. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  return await listening(createServer(answer));
}

/** Starts an HTTPS server for one test; returns its port. */
export async function serveSecurely(key: string, cert: string, answer: RequestListener): Promise<string> {
  const host = await listening(createSecureServer({ key, cert }, answer));
  return host.split(":")[1] ?? "";
}

/** Starts a TCP server for one test that does with each connection what it is told; returns its host and port. */
export async function serveRaw(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return hostOf(server.address());
}

/** A host and port that nobody listens at. */
export async function deadHost(): Promise<string> {
  const server = createRawServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = hostOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return host;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return hostOf(server.address());
}

function hostOf(address: AddressInfo | string | null): string {
  return `127.0.0.1:${(address as AddressInfo).port}`;
}
