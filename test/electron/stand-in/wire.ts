/** Between the stand-in's main process and its page, as JSON in which float32 samples are `{ float32: base64 }`. */
export type WireMessage =
  | { readonly kind: "send"; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: "invoke"; readonly id: number; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: "answer"; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly kind: "post"; readonly channel: string; readonly message: unknown; readonly ports: readonly number[] }
  | { readonly kind: "port"; readonly port: number; readonly data: unknown }
  | { readonly kind: "port-closed"; readonly port: number };

/** See {@link WireMessage}. */
export function encodeWire(message: WireMessage): string {
  return JSON.stringify(message, (_, value: unknown) =>
    value instanceof Float32Array
      ? { float32: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") }
      : value,
  );
}

/** See {@link WireMessage}. */
export function decodeWire(text: string): WireMessage {
  return JSON.parse(text, (_, value: { float32?: unknown } | null) =>
    typeof value?.float32 === "string"
      ? new Float32Array(Uint8Array.from(Buffer.from(value.float32, "base64")).buffer)
      : value,
  ) as WireMessage;
}
