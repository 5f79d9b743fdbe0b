import { create } from "zustand";
import type { Failure } from "../../src-shared/failure.ts";
import type { LabEvent, LabPlay } from "../../src-shared/playback-lab.ts";
import { INITIAL_DRAFT, type LabDraft } from "./lab-draft.ts";
import { askedRun, endRun, takeLabEvent, type LabRun } from "./lab-run.ts";

/** So many finished experiments stay listed. */
export const MOST_PAST_RUNS = 8;

/** What the playback lab shows. It stays while the page is closed. */
export interface LabState {
  readonly draft: LabDraft;
  /** The experiment that plays, or the last one. */
  readonly run: LabRun | undefined;
  /** Experiments that were measured, newest first. */
  readonly past: readonly LabRun[];
}

/** The lab's store. Levels arrive in it 25 times a second: whoever draws them subscribes, everything else selects what changes seldom. */
export const useLab = create<LabState>(() => ({ draft: INITIAL_DRAFT, run: undefined, past: [] }));

/** Changes what is filled in. */
export function editDraft(change: Partial<LabDraft>): void {
  useLab.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
}

/** Shows a new experiment, before the assistant knows of it. */
export function beginLab(request: LabPlay): void {
  useLab.setState({ run: askedRun(request) });
}

/** Shows an earlier experiment again, unless one plays. */
export function showRun(run: LabRun): void {
  useLab.setState((state) => (isLabBusy(state) ? state : { run }));
}

/** Takes what the assistant tells. */
export function tellLab(event: LabEvent): void {
  changeRun((run) => takeLabEvent(run, event));
}

/** Ends the experiment when the assistant refused it or is gone: then no event will end it. */
export function breakOffLab(failure?: Failure): void {
  changeRun((run) => endRun(run, { interrupted: true, metrics: undefined, failure }));
}

/** Whether something plays or is about to. */
export function isLabBusy({ run }: LabState): boolean {
  return run !== undefined && run.status !== "finished";
}

function changeRun(change: (run: LabRun) => LabRun): void {
  useLab.setState((state) => {
    if (!state.run) return state;
    const run = change(state.run);
    const isMeasured = run !== state.run && run.status === "finished" && run.metrics !== undefined;
    return isMeasured ? { run, past: [run, ...state.past].slice(0, MOST_PAST_RUNS) } : { run };
  });
}
