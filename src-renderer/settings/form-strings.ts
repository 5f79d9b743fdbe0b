import type { FieldProblem } from "./field-problem.ts";

/** The texts that the forms share. */
export const FORM_STRINGS = {
  save: "Save",
  saved: "Saved.",
  address: "Address",
  apiKey: "Key",
  apiKeyPlaceholder: "If the server wants one",
  model: "Model",
  problems: {
    "no-program": "To be saved, it needs a program to start.",
    "no-address": "To be saved, it needs the address of a server.",
    "open-quote": "A quotation mark is not closed.",
    "bad-address": "This is not a ws, wss, http or https address.",
    "bad-http-address": "This is not an http or https address.",
    "bad-http-addresses": "It takes one or more http or https addresses, 8 at most.",
    "bad-wake-phrase": "It takes 2 to 60 characters, at least two of them letters.",
  } satisfies Record<FieldProblem, string>,
} as const;
