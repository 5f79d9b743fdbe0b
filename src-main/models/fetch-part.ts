import { constants } from "node:fs";
import { open, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { writeWhole } from "../files/write-whole.ts";

/** Room that is left on the disk beside the file. */
const SPARE_BYTES = 16 * 2 ** 20;
/** A file that is so many times smaller or larger than it should be is another one: often the page of a network that wants a login. */
const MOST_DEVIATION = 2;
const RESUME = "run the same command again to go on";

/** What to fetch. */
export interface PartRequest {
  /** http or https. */
  readonly url: string;
  /** File to write to; what it holds already is not fetched again. */
  readonly path: string;
  /** What the whole file has, roughly. */
  readonly approximateBytes: number;
  /** The download fails when nothing arrives for so long. */
  readonly stallMs: number;
  /** Called now and then with what the file has by now. `totalBytes`: undefined when the server does not say. */
  readonly onProgress: (bytes: number, totalBytes: number | undefined) => void;
  /** Why a connection to a host failed, in words. `error`: what `fetch` threw. */
  readonly explain: (error: unknown, host: string) => string;
}

/** The size of the whole file, and the rest of it from `from` on. */
interface Answer {
  readonly body: AsyncIterable<Uint8Array>;
  readonly from: number;
  readonly totalBytes: number | undefined;
}

/**
 * Fetches a file, or what is missing of it. What has arrived stays when it fails and when the signal is aborted; the promise then rejects with
 * the signal's reason. Codes: download-failed, output-unwritable.
 */
export async function fetchPart(request: PartRequest, signal: AbortSignal): Promise<Outcome<null>> {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), request.stallMs);
  const { host } = new URL(request.url);
  try {
    const answer = await ask(request, host, AbortSignal.any([signal, stall.signal]));
    if (!answer.ok) return answer;
    if (answer.value === "complete") return succeeded(null);
    return await write(answer.value, request, () => timer.refresh());
  } catch (error) {
    signal.throwIfAborted();
    if (stall.signal.aborted) return download(`${host} sent nothing for ${request.stallMs / 1000} s: ${RESUME}`, true);
    if (isOfDisk(error)) return failed("output-unwritable", "models", `${request.path}: ${error.message}`);
    return download(`${request.explain(error, host)}; ${RESUME}`, true);
  } finally {
    clearTimeout(timer);
  }
}

async function ask(request: PartRequest, host: string, signal: AbortSignal): Promise<Outcome<Answer | "complete">> {
  const has = await sizeOf(request.path);
  const headers = { "accept-encoding": "identity", ...(has > 0 ? { range: `bytes=${has}-` } : {}) };
  const response = await fetch(request.url, { headers, signal });
  const [, first, size] = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(response.headers.get("content-range") ?? "") ?? [];
  if (response.ok && response.body) {
    const from = response.status === 206 ? Number(first) : 0;
    const length = response.headers.get("content-length");
    const totalBytes = size !== undefined ? Number(size) : length === null ? undefined : from + Number(length);
    if (from === 0 || from === has) return succeeded({ body: response.body, from, totalBytes });
  }
  await response.body?.cancel();
  if (response.status === 416 && Number(size) === has) return succeeded("complete");
  if (has > 0 && (response.status === 416 || response.ok)) {
    // What is there is not the beginning of that file.
    await rm(request.path);
    return ask(request, host, signal);
  }
  return download(`${host} ${describeRefusal(response.status)}`, response.status === 429 || response.status >= 500);
}

async function write(
  { body, from, totalBytes }: Answer,
  request: PartRequest,
  onArrival: () => void,
): Promise<Outcome<null>> {
  const { approximateBytes, path, onProgress } = request;
  if (totalBytes !== undefined) {
    const deviation = Math.max(totalBytes / approximateBytes, approximateBytes / totalBytes);
    if (deviation > MOST_DEVIATION)
      return download(
        `what is there has ${totalBytes} bytes, and the model about ${approximateBytes}: it is another file`,
      );
    const { bavail, bsize } = await statfs(dirname(path));
    const [needed, free] = [totalBytes - from + SPARE_BYTES, bavail * bsize];
    if (free < needed)
      return failed(
        "output-unwritable",
        "models",
        `${dirname(path)} has ${inMb(free)} free, and ${inMb(needed)} are needed`,
      );
  }
  let bytes = from;
  // At its place, so that two downloads of the same file do not spoil each other.
  const file = await open(path, constants.O_CREAT | constants.O_RDWR, 0o600);
  try {
    for await (const chunk of body) {
      onArrival();
      const atByte = bytes;
      bytes += chunk.length;
      if (bytes > MOST_DEVIATION * approximateBytes)
        return download(
          `more than ${bytes} bytes arrived, and the model has about ${approximateBytes}: it is another file`,
        );
      await writeWhole(file, chunk, { atByte });
      onProgress(bytes, totalBytes);
    }
    if (totalBytes === undefined || bytes === totalBytes) await file.truncate(bytes);
  } finally {
    await file.close();
  }
  if (totalBytes !== undefined && bytes < totalBytes)
    return download(`${bytes} of ${totalBytes} bytes arrived: ${RESUME}`, true);
  return succeeded(null);
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function describeRefusal(status: number): string {
  if (status === 404 || status === 410) return `has no such file (${status}): the address or the revision is gone`;
  if (status === 401 || status === 403) return `does not give the file to everybody (${status})`;
  if (status === 429) return "has had too many requests from here (429): try again later";
  return `answers with status ${status}`;
}

function download(detail: string, retryable = false): Outcome<never> {
  return failed("download-failed", "models", detail, retryable);
}

/** What the file system says has a system call; what comes from the network has a cause. */
function isOfDisk(error: unknown): error is Error {
  return (
    error instanceof Error &&
    ["open", "write", "close", "statfs", "unlink", "rm"].includes(String((error as NodeJS.ErrnoException).syscall))
  );
}

function inMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
