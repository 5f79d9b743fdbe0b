import type { StreamEncoding } from "../decode/stream-decoder.ts";
import type { Outcome } from "../../../src-shared/failure.ts";
import type { ByteSource, OpenSource } from "./byte-source.ts";
import { HttpSource } from "./http-source.ts";

const PATH = "/audio/speech";

/** What to have spoken, and by what. */
export interface SpeechRequest {
  /** Base of the API; without a path `/v1` is added. */
  readonly baseUrl: string;
  readonly model: string;
  /** The text to speak. */
  readonly input: string;
  readonly voice: string;
  /** mp3, opus, aac, flac, wav or pcm, as far as the server has them. */
  readonly responseFormat: string;
  /** Times normal, 0.25 to 4. */
  readonly speedRatio?: number;
  /** How to speak, for models that follow instructions. */
  readonly instructions?: string;
  /** Bearer key. */
  readonly apiKey?: string;
}

/** See {@link HttpSource}. The time that the server takes before its first byte counts as connecting. */
export interface SpeechRequestOptions {
  readonly connectTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly encodingOfContentType?: (contentType: string) => StreamEncoding | undefined;
}

/**
 * Speech made by a server with OpenAI's speech API (`POST {base}/audio/speech`), as it is made. Its name and failures never hold the text or
 * the key. Codes: those of {@link HttpSource}.
 */
export class SpeechRequestSource implements ByteSource {
  readonly name: string;
  readonly #source: HttpSource;

  constructor(request: SpeechRequest, options: SpeechRequestOptions = {}) {
    const { model, input, voice, responseFormat, speedRatio, instructions, apiKey = "" } = request;
    const body = {
      model,
      input,
      voice,
      response_format: responseFormat,
      ...(speedRatio !== undefined && { speed: speedRatio }),
      ...(instructions !== undefined && { instructions }),
    };
    this.#source = new HttpSource(
      {
        url: speechUrl(request.baseUrl),
        body,
        ...(apiKey !== "" && { headers: { authorization: `Bearer ${apiKey}` } }),
      },
      {
        ...options,
        unspeakable: [input, instructions ?? ""],
        meaningOfStatus: (status) => meaningOfStatus(status, apiKey !== ""),
      },
    );
    this.name = this.#source.name;
  }

  open(signal: AbortSignal): Promise<Outcome<OpenSource>> {
    return this.#source.open(signal);
  }
}

function speechUrl(baseUrl: string): string {
  const url = URL.parse(baseUrl.trim());
  if (!url) return baseUrl;
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(PATH) ? path : `${path === "" ? "/v1" : path}${PATH}`;
  return url.href;
}

function meaningOfStatus(status: number, hasKey: boolean): string | undefined {
  if (status === 401) return hasKey ? "does not accept the key" : "wants a key";
  if (status === 403) return "does not allow this";
  if (status === 404) return `has no ${PATH} at that address, or not that model or voice`;
  if (status === 405) return `does not take speech requests at that address`;
  if (status === 429) return "takes no more requests now: too many, or no credit left";
  if (status >= 500) return "failed to make the speech";
  return undefined;
}
