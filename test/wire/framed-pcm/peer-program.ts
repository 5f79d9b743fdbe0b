/** What programs of tests begin with. */
const BEGINNING = `
const packet = (kind, body = Buffer.alloc(0)) => {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.writeUInt32LE(1 + body.length);
  bytes[4] = kind;
  body.copy(bytes, 5);
  return bytes;
};
const send = (kind, body) => process.stdout.write(packet(kind, Buffer.isBuffer(body) ? body : Buffer.from(body ?? "")));
const onAudio = (listener) => {
  let held = Buffer.alloc(0);
  process.stdin.on("data", (bytes) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32LE()) {
      const end = 4 + held.readUInt32LE();
      if (held[4] === 1) listener(held.subarray(5, end));
      held = held.subarray(end);
    }
  });
};
const FRAME = Buffer.alloc(3840, 1);
`;

/** Arguments that make Node run these lines, which may use `send(kind, body)`, `onAudio(listener)` and FRAME. */
export function peerProgram(lines: string): string[] {
  return ["--eval", BEGINNING + lines];
}

/** Says what it hears, in the pieces in which it hears it. */
export const ECHO = `send(0); onAudio((body) => send(1, body));`;
