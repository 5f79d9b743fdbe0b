import { userSentence, type Failure } from "../../../src-shared/failure.ts";
import { jsonAnswer, Refusal, type HttpAnswer, type HttpRequest } from "../route.ts";

/** What is wrong with a request, for who sent it. */
export interface ApiErrorOptions {
  /** 400 unless told. */
  readonly status?: number;
  /** Name of the parameter that is wrong. */
  readonly param?: string;
  /** For programs, like `invalid_value`. */
  readonly code?: string;
}

/** Thrown while a request is read: answered in the shape of OpenAI's errors. `message` is shown to who asked. */
export class ApiError extends Error {
  readonly options: ApiErrorOptions;
  constructor(message: string, options: ApiErrorOptions = {}) {
    super(message);
    this.name = "ApiError";
    this.options = options;
  }
}

/** Answers with what `answer` makes, or with the {@link ApiError} that it throws. */
export function orApiError(
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (error instanceof ApiError) return errorAnswer(error);
      throw error;
    }
  };
}

/** A failure of our own engines, in words for people and without details. */
export function engineRefusal({ code }: Failure): Refusal {
  return new Refusal("failed", userSentence(code));
}

function errorAnswer({ message, options: { status = 400, param, code } }: ApiError): HttpAnswer {
  const error = { message, type: "invalid_request_error", param: param ?? null, code: code ?? null };
  return jsonAnswer({ error }, status);
}
