import type { RequestInput, RequestName } from "./assistant-contract.ts";
import { failed, succeeded, type Outcome } from "./failure.ts";
import { requestSchemas } from "./request-schemas.ts";

/** A request that is in the contract. */
export type ParsedRequest = { [N in RequestName]: { readonly name: N; readonly input: RequestInput<N> } }[RequestName];

/** Validates what a window asks for. Code: protocol-error. */
export function parseRequest(name: string, input: unknown): Outcome<ParsedRequest> {
  if (!isRequestName(name)) return failed("protocol-error", "window", `unknown request ${name.slice(0, 40)}`);
  const parsed = requestSchemas[name].safeParse(input);
  if (parsed.success) return succeeded({ name, input: parsed.data } as ParsedRequest);
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  return failed("protocol-error", "window", `bad input for ${name}: ${where}`);
}

function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requestSchemas, name);
}
