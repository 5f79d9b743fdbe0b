import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Makes a program `ffmpeg` in the folder that never ends by itself, and returns a PATH on which it is found. */
export function hangingFfmpeg(folder: string): string {
  writeFileSync(join(folder, "ffmpeg"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  return `${folder}:${process.env["PATH"] ?? ""}`;
}

/** What shows that an M4A has its index behind the audio. There is nothing in it to decode. */
export const M4A_WITHOUT_INDEX = Buffer.concat([box("ftyp", 16), box("mdat", 100_000)]);

function box(type: string, bodyBytes: number): Buffer {
  const bytes = Buffer.alloc(8 + bodyBytes);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(type, 4, "latin1");
  return bytes;
}
