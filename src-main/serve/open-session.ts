import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { plainRefusal } from "../wire/refusals.ts";
import { Refusal, type SocketRequest, type SocketRoute } from "../wire/route.ts";
import { ServerSocket } from "../wire/server-socket.ts";
import { askedAddress } from "./asked-address.ts";
import { refusalToAdmit } from "./refusal-to-admit.ts";
import type { Mounted } from "./route-table.ts";
import { refuseUpgrade } from "./send-answer.ts";
import type { ServerContext } from "./server-context.ts";

/** A client whose frames are wrong gets this long to take the reason. */
const GOODBYE_MS = 2_000;
/** Time to tell a client that there is no room for it. */
const BUSY_MS = 5_000;
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const GOING_AWAY = 1001;

/** Opens the WebSocket sessions of one server. */
export type OpenSession = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Makes what answers requests for a WebSocket: the handshake first, then the query, the key, the room. */
export function createOpenSession(context: ServerContext): OpenSession {
  const doors = new Map(
    context.routes.sockets.map((mounted) => [mounted.route, doorOf(mounted.route, context)] as const),
  );
  return (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const asked = askedAddress(request);
    const there = asked && context.routes.find(asked.path);
    const mounted = there?.socket;
    const asRoute = asked && { query: asked.query, headers: request.headers };
    try {
      checkHandshake(request);
      if (!asRoute) throw new Refusal("bad-request");
      if (!mounted) throw new Refusal(there ? "bad-request" : "not-found");
      if (context.isEnding()) throw new Refusal("ending");
      mounted.route.check?.(asRoute);
      const refusal = refusalToAdmit(mounted.route.access, context.keys, asRoute.headers, asRoute.query);
      if (refusal) throw new Refusal(refusal);
      const hasRoom = context.running.hasRoom(mounted.route.path);
      if (!hasRoom && !mounted.route.busy) throw new Refusal("busy");
      doors.get(mounted.route)?.handleUpgrade(request, socket, head, (webSocket) => {
        const session = new ServerSocket(webSocket, socketOptions(mounted.route, context));
        if (hasRoom) void hold(session, asRoute, mounted, context);
        else turnAway(session, asRoute, mounted, context);
      });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal("failed");
      const route = mounted?.route.path ?? "-";
      context.metrics.refused(route, refusal.reason);
      context.log.write("info", "session-refused", { route, reason: refusal.reason });
      const answer = (mounted?.route.refuse ?? plainRefusal)(refusal.reason, refusal.message);
      refuseUpgrade(socket, answer);
    }
  };
}

/** As the WebSocket protocol asks of a handshake. Throws a {@link Refusal}. */
function checkHandshake({ method, headers }: IncomingMessage): void {
  if (method !== "GET") throw new Refusal("wrong-method");
  if (headers["sec-websocket-version"] !== "13" || !KEY.test(headers["sec-websocket-key"] ?? ""))
    throw new Refusal("bad-request", "The WebSocket handshake is incomplete.");
}

async function hold(
  session: ServerSocket,
  request: SocketRequest,
  { route, protocol }: Mounted<SocketRoute>,
  { running, metrics, log }: ServerContext,
): Promise<void> {
  const startedAtMs = performance.now();
  const over = running.begin(route.path, true, () => void session.close(GOING_AWAY, "the server is ending"));
  const end = metrics.session({ protocol, route: route.path });
  log.write("info", "session-opened", { protocol, route: route.path });
  void open(session, request, route);
  const { code, cause, error } = await session.closed;
  end(cause);
  const seconds = Math.round(performance.now() - startedAtMs) / 1000;
  log.write("info", "session-closed", { protocol, route: route.path, code, cause, seconds });
  if (cause === "bug")
    log.write("error", "session-failed", { protocol, error: error instanceof Error ? error.name : typeof error });
  over();
}

async function open(session: ServerSocket, request: SocketRequest, route: SocketRoute): Promise<void> {
  try {
    await route.open(session, request);
  } catch (error) {
    await session.fail(error);
  }
}

/** Says in the protocol's words that there is no room. */
function turnAway(
  session: ServerSocket,
  request: SocketRequest,
  { route, protocol }: Mounted<SocketRoute>,
  { running, metrics, log }: ServerContext,
): void {
  metrics.refused(route.path, "busy");
  log.write("info", "session-refused", { protocol, route: route.path, reason: "busy" });
  const over = running.begin(route.path, false, () => session.drop());
  const cut = setTimeout(() => session.drop(), BUSY_MS);
  route.busy?.(session, request);
  void session.closed.then(() => {
    clearTimeout(cut);
    over();
  });
}

function doorOf(route: SocketRoute, context: ServerContext): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: socketOptions(route, context).mostMessageBytes,
    handleProtocols: () => false as const,
    closeTimeout: GOODBYE_MS,
  };
  return new WebSocketServer(options);
}

function socketOptions({ socket }: SocketRoute, { limits }: ServerContext) {
  const { mostMessageBytes, mostQueuedBytes, stallMs } = limits;
  return { mostMessageBytes, mostQueuedBytes, stallMs, ...socket };
}
