/** Part of the pipeline, or the surroundings, in which something failed. */
export type FailureStage =
  | "capture"
  | "detect"
  | "transcribe"
  | "respond"
  | "speak"
  | "play"
  | "models"
  | "settings"
  | "window"
  | "wire"
  | "input";

/** Everything that can go wrong, as one closed union. {@link userSentence} says each in words for the user. */
export type FailureCode =
  | "mic-denied"
  | "mic-missing"
  | "mic-lost"
  | "mic-silent"
  | "model-missing"
  | "model-corrupt"
  | "model-runtime-missing"
  | "model-unused"
  | "engine-replaced"
  | "engine-unusable"
  | "conversation-interrupted"
  | "speech-left-out"
  | "download-failed"
  | "detect-failed"
  | "transcribe-failed"
  | "respond-unreachable"
  | "respond-timeout"
  | "respond-refused"
  | "respond-failed"
  | "speak-failed"
  | "output-missing"
  | "output-lost"
  | "output-unwritable"
  | "input-missing"
  | "input-unreadable"
  | "input-empty"
  | "source-unreachable"
  | "source-refused"
  | "source-timeout"
  | "source-lost"
  | "jitter-invalid"
  | "settings-invalid"
  | "settings-unwritable"
  | "port-in-use"
  | "address-unusable"
  | "protocol-error";

/** What failed. `detail` is for diagnostics: it never holds anything the user said. */
export interface Failure {
  readonly code: FailureCode;
  readonly stage: FailureStage;
  readonly detail: string;
  readonly retryable: boolean;
}

/** A result that may be a failure. Cancellation is not a failure, and a bug throws. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** Wraps a value as a successful outcome. */
export function succeeded<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** Makes a failure. Not retryable unless said so. */
export function failure(code: FailureCode, stage: FailureStage, detail: string, retryable = false): Failure {
  return { code, stage, detail, retryable };
}

/** Makes a failed outcome. Not retryable unless said so. */
export function failed(code: FailureCode, stage: FailureStage, detail: string, retryable = false): Outcome<never> {
  return { ok: false, failure: failure(code, stage, detail, retryable) };
}

/** Carries a {@link Failure} through code that can only throw, up to the stage's edge where it becomes an outcome. */
export class FailureError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.detail);
    this.name = "FailureError";
    this.failure = failure;
  }
}

const SENTENCES: Record<FailureCode, string> = {
  "mic-denied": "Repartee may not use the microphone. Allow it in the browser or system settings, or type instead.",
  "mic-missing": "No microphone was found. Plug one in, or type instead.",
  "mic-lost": "The microphone went away. Plug it in again, or type instead.",
  "mic-silent": "The microphone gives no sound at all. Switch it on, choose another one, or type instead.",
  "model-missing":
    "A model file is missing. Run npm install again; one that you downloaded comes back with repartee models get.",
  "model-corrupt":
    "A model file is damaged. Delete node_modules and run npm install; one that you downloaded comes back with repartee models get.",
  "model-unused": "The chosen end-of-turn model cannot be used, so the built-in one decides.",
  "engine-replaced": "A server you have chosen cannot be used, so the built-in engine stands in for it.",
  "engine-unusable":
    "A server you have chosen cannot be used. Check it in the settings, or choose the built-in engine there.",
  "conversation-interrupted": "The conversation broke off. It is being started again.",
  "speech-left-out": "More was said than could be played. What did not fit was left out.",
  "model-runtime-missing": "The model runtime could not be loaded on this machine.",
  "download-failed": "The model could not be downloaded.",
  "detect-failed": "Speech detection stopped working.",
  "transcribe-failed": "I could not make out what you said because speech recognition failed.",
  "respond-unreachable": "The language model server cannot be reached.",
  "respond-timeout": "The language model server took too long to answer.",
  "respond-refused": "The language model server refused the request. Check the key and the model name.",
  "respond-failed": "The language model server broke off its answer.",
  "speak-failed": "The answer could not be spoken. You can read it in the window.",
  "output-missing": "No speaker was found, so nothing can be heard.",
  "output-lost": "The speaker went away.",
  "output-unwritable": "The output cannot be written there.",
  "input-missing": "There is no such file.",
  "input-unreadable": "The file is not audio that Repartee can read.",
  "input-empty": "It holds no audio.",
  "source-unreachable": "The server that has the audio cannot be reached.",
  "source-refused": "The server refused to give the audio.",
  "source-timeout": "The server stopped sending audio.",
  "source-lost": "The audio broke off before its end. What had arrived was played.",
  "jitter-invalid": "That is not a kind of jitter.",
  "settings-invalid": "The settings file is not valid, so the defaults are in use.",
  "settings-unwritable": "The settings could not be saved.",
  "port-in-use": "The port is already in use. Choose another one.",
  "address-unusable":
    "Repartee cannot be reached at that address. Choose one of this machine, and a port that you may use.",
  "protocol-error": "The other side sent something that is not part of the protocol.",
};

/** One sentence for the user: what happened and, where there is something to do, what to do. */
export function userSentence(code: FailureCode): string {
  return SENTENCES[code];
}
