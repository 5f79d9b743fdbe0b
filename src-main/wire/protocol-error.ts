import { failed, type Outcome } from "../../src-shared/failure.ts";

/** The other side broke its protocol: what arrived is no message, and the connection ends. `detail` names the rule, never what arrived. */
export function protocolError(detail: string): Outcome<never> {
  return failed("protocol-error", "wire", detail);
}
