import type { AssistantEvent } from "../../src-shared/assistant-contract.ts";
import type { Outcome } from "../../src-shared/failure.ts";

/** Page to carrier worker. `audio-ports` transfers the worker's ends of the microphone and the speaker port. */
export type CarrierRequest =
  | { readonly kind: "request"; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: "audio-ports" };

/** Carrier worker to page. */
export type CarrierReply =
  | { readonly kind: "answer"; readonly id: number; readonly outcome: Outcome<unknown> }
  | { readonly kind: "event"; readonly event: AssistantEvent }
  | { readonly kind: "connection"; readonly open: boolean };
