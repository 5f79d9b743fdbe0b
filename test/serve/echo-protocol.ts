import { openAiRefusal } from "../../src-main/wire/refusals.ts";
import { jsonAnswer, Refusal, type ServedProtocol } from "../../src-main/wire/route.ts";

/** A protocol that says back what it hears; `/held` answers when told, `/flood` sends for ever. */
export function echo({ held }: { readonly held?: Promise<void> } = {}) {
  const protocol: ServedProtocol = {
    name: "echo",
    modulesInfo: () => [{ type: "echo", path: "/api/echo" }],
    httpRoutes: [
      {
        method: "POST",
        path: "/api/echo",
        access: "moshi-header",
        isSession: true,
        answer: async (request) => ({ status: 200, body: await request.readBody() }),
      },
      {
        method: "POST",
        path: "/v1/echo",
        access: "bearer",
        refuse: openAiRefusal,
        isSession: true,
        async answer(request) {
          if (request.query.get("wrong") === "1") throw new Refusal("bad-request", "that was wrong");
          if (request.query.get("bug") === "1") throw new Error("the secret words");
          return jsonAnswer({ bytes: (await request.readBody()).length });
        },
      },
      { method: "GET", path: "/v1/things/*", access: "bearer", answer: ({ segment }) => jsonAnswer(segment) },
      {
        method: "POST",
        path: "/held",
        access: "any",
        isSession: true,
        answer: async () => {
          await held;
          return { status: 200, body: "at last" };
        },
      },
      {
        method: "GET",
        path: "/stream",
        access: "any",
        async answer({ query }) {
          const breaksAt = Number(query.get("breaks"));
          return {
            status: 200,
            body: (async function* () {
              for (let piece = 0; piece < 3; piece++) {
                if (piece === breaksAt) throw new Error("broke");
                yield Buffer.from(`piece ${piece};`);
              }
            })(),
          };
        },
      },
    ],
    socketRoutes: [
      {
        path: "/api/echo",
        access: "moshi",
        check({ query }) {
          if (query.get("format") === "wrong") throw new Refusal("bad-request");
        },
        open(socket) {
          socket.receive((message) => {
            if (message === "bug") throw new Error("the secret words");
            socket.send(message);
          });
        },
      },
      {
        path: "/crowded",
        access: "none",
        busy(socket) {
          socket.send("no room");
          void socket.close(1013);
        },
        open: (socket) => socket.receive(() => undefined),
      },
      {
        path: "/flood",
        access: "none",
        socket: { mostQueuedBytes: 1_000_000, stallMs: 200 },
        open(socket) {
          socket.receive(() => {
            for (let sent = 0; sent < 64; sent++) socket.send(new Uint8Array(1_000_000));
          });
        },
      },
      {
        path: "/quiet",
        access: "none",
        socket: { pingAfterMs: 50, receiveTimeoutMs: 250 },
        open: (socket) => socket.receive(() => undefined),
      },
    ],
  };
  return protocol;
}
