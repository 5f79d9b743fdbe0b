import type { HttpAnswer, RefusalReason } from "./route.ts";

/** Status and plain words of each refusal. */
const PLAIN: Readonly<Record<RefusalReason, { readonly status: number; readonly words: string }>> = {
  unauthorized: { status: 401, words: "" },
  forbidden: { status: 403, words: "Pages of other origins may not ask." },
  "bad-request": { status: 400, words: "The request is malformed." },
  "not-found": { status: 404, words: "There is nothing here." },
  "wrong-method": { status: 405, words: "Not with this method." },
  "too-long": { status: 413, words: "The body is too long." },
  "upgrade-required": { status: 426, words: "Connect with a WebSocket." },
  busy: { status: 503, words: "As many sessions as are allowed are running." },
  ending: { status: 503, words: "The server is about to end." },
  failed: { status: 500, words: "Something failed here." },
};

/** A refusal in plain text; that of a wrong key has no body at all, as in moshi-server. */
export function plainRefusal(reason: RefusalReason, detail = ""): HttpAnswer {
  const { status, words } = PLAIN[reason];
  const said = reason === "unauthorized" ? "" : detail || words;
  if (said === "") return { status };
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${said}\n` };
}

/** A refusal in the shape of errors of OpenAI's interface. */
export function openAiRefusal(reason: RefusalReason, detail = ""): HttpAnswer {
  const { status, words } = PLAIN[reason];
  const isKey = reason === "unauthorized";
  const error = {
    message: detail || (isKey ? "The API key is missing or wrong." : words),
    type: status < 500 ? "invalid_request_error" : "server_error",
    param: null,
    code: isKey ? "invalid_api_key" : reason.replaceAll("-", "_"),
  };
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error }) };
}
