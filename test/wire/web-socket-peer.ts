import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";

/** What a {@link WebSocketPeer} does with a connection once its upgrade is answered. */
export type PeerBehaviour = (socket: WebSocket, request: IncomingMessage) => void;

/** See {@link startWebSocketPeer}. */
export interface WebSocketPeerOptions {
  /** Whether it answers pings; true unless told. */
  readonly autoPong?: boolean;
  /** Puts something between a connection and the server, before the upgrade is answered. */
  readonly through?: (connection: Socket, request: IncomingMessage) => Duplex;
}

/** A WebSocket server that behaves as a test says, good or bad. */
export interface WebSocketPeer {
  /** `ws://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** From the next connection on. */
  behave: PeerBehaviour;
  /** Those that are open. */
  readonly connections: ReadonlySet<Socket>;
}

/** Starts one, which ends with its test. It does nothing with a connection unless told. */
export async function startWebSocketPeer(
  behave: PeerBehaviour = () => undefined,
  { autoPong = true, through = (connection) => connection }: WebSocketPeerOptions = {},
): Promise<WebSocketPeer> {
  const http = createServer();
  const server = new WebSocketServer({ noServer: true, autoPong });
  const connections = new Set<Socket>();
  http.on("connection", (connection) => {
    connections.add(connection.on("error", () => undefined));
    connection.once("close", () => connections.delete(connection));
  });
  http.on("upgrade", (request, connection, head) => {
    server.handleUpgrade(request, through(connection as Socket, request), head, (socket) => {
      socket.on("error", () => undefined);
      peer.behave(socket, request);
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    for (const connection of connections) connection.destroy();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  const peer = { url: `ws://127.0.0.1:${port}`, behave, connections };
  return peer;
}
