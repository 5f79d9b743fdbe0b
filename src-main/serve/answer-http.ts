import type { IncomingMessage, ServerResponse } from "node:http";
import { plainRefusal } from "../wire/refusals.ts";
import { Refusal, type HttpAnswer, type HttpRequest, type HttpRoute } from "../wire/route.ts";
import { askedAddress, type AskedAddress } from "./asked-address.ts";
import { limitedBody, wholeBody } from "./limited-body.ts";
import { refusalToAdmit } from "./refusal-to-admit.ts";
import type { Mounted, PathRoutes } from "./route-table.ts";
import { sendAnswer } from "./send-answer.ts";
import type { ServerContext } from "./server-context.ts";

/** What of a body still comes after its answer is taken for so long, so that the answer is not lost with the connection. */
const LINGER_MS = 1_000;
const NO_ROUTE = "-";

/** Sends an answer on the connection of the request. */
type Send = (answer: HttpAnswer) => Promise<void>;

/** Answers one request: finds the route, asks for the key, sees that there is room, and sends what the route says. Never rejects. */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  context: ServerContext,
): Promise<void> {
  const over = context.running.begin(NO_ROUTE, false, () => response.destroy());
  const asked = askedAddress(request);
  const there = asked && context.routes.find(asked.path);
  const mounted = there && routeFor(request, there);
  const send: Send = (answer) =>
    sendAnswer(response, answer, {
      isHead: request.method === "HEAD",
      isLast: context.isEnding(),
      stallMs: context.limits.stallMs,
    });
  const name = mounted?.route.path ?? there?.socket?.route.path ?? NO_ROUTE;
  try {
    if (mounted && asked) await serve(mounted, there.segment, asked, request, response, context, send);
    else await send(await withoutRoute(there, asked, request, context));
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal("failed");
    if (error === refusal) context.metrics.refused(name, refusal.reason);
    else if (response.destroyed) context.log.write("debug", "client-gone", { route: name });
    else context.log.write("error", "answer-failed", { route: name, error: nameOf(error) });
    const refuse = mounted?.route.refuse ?? there?.socket?.route.refuse ?? there?.http[0]?.route.refuse ?? plainRefusal;
    if (!response.headersSent) await send(refuse(refusal.reason, refusal.message)).catch(() => response.destroy());
  } finally {
    if (!request.complete) linger(request);
    context.metrics.answered(name, response.statusCode);
    context.log.write("debug", "answered", { route: name, method: request.method, status: response.statusCode });
    over();
  }
}

async function serve(
  { route, protocol }: Mounted<HttpRoute>,
  segment: string,
  asked: AskedAddress,
  request: IncomingMessage,
  response: ServerResponse,
  context: ServerContext,
  send: Send,
): Promise<void> {
  const { keys, running, metrics, limits } = context;
  const refusal = refusalToAdmit(route.access, keys, request.headers, asked.query);
  if (refusal) throw new Refusal(refusal);
  // Whoever watches the server may go on watching.
  if (context.isEnding() && route.access !== "none") throw new Refusal("ending");
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const body = limitedBody(request, route.mostBodyBytes ?? limits.mostBodyBytes);
  const asRoute: HttpRequest = {
    query: asked.query,
    headers: request.headers,
    segment,
    signal: gone.signal,
    body,
    readBody: () => wholeBody(body),
  };
  if (!route.isSession) return send(await route.answer(asRoute));
  if (!running.hasRoom(route.path)) throw new Refusal("busy");
  const end = metrics.session({ protocol, route: route.path });
  const over = running.begin(route.path, true, () => response.destroy());
  let cause = "failed";
  try {
    await send(await route.answer(asRoute));
    cause = response.writableEnded ? "server" : "client";
  } finally {
    end(cause);
    over();
  }
}

/** What is said where there is no route for this method, or none at all. */
async function withoutRoute(
  there: PathRoutes | undefined,
  asked: AskedAddress | undefined,
  { method }: IncomingMessage,
  context: ServerContext,
): Promise<HttpAnswer> {
  if (!asked) throw new Refusal("bad-request");
  if (!there) {
    const elsewhere = method === "GET" || method === "HEAD" ? await context.elsewhere?.(asked.path) : undefined;
    if (elsewhere) return elsewhere;
    throw new Refusal("not-found");
  }
  if (there.socket && method === "GET") {
    context.metrics.refused(there.socket.route.path, "upgrade-required");
    const answer = (there.socket.route.refuse ?? plainRefusal)("upgrade-required");
    return { ...answer, headers: { ...answer.headers, upgrade: "websocket", connection: "upgrade" } };
  }
  const answer = (there.http[0]?.route.refuse ?? plainRefusal)("wrong-method");
  const allowed = [...there.http.map(({ route }) => route.method), ...(there.socket ? ["GET"] : [])];
  return { ...answer, headers: { ...answer.headers, allow: allowed.join(", ") } };
}

function routeFor({ method }: IncomingMessage, { http }: PathRoutes): Mounted<HttpRoute> | undefined {
  return http.find(({ route }) => route.method === (method === "HEAD" ? "GET" : method));
}

/** Takes the rest of a body that nobody wants for a moment, then cuts the connection. */
function linger(request: IncomingMessage): void {
  request.resume();
  const cut = setTimeout(() => request.destroy(), LINGER_MS);
  request.once("close", () => clearTimeout(cut));
}

/** What kind of error; its message may hold what was said. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
