import { memo, type ReactNode } from "react";
import { userSentence } from "../../src-shared/failure.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { LatencySummary } from "../latency/latency-summary.tsx";
import { STRINGS } from "../strings.ts";

/** One exchange: what the user said, what the assistant answered, what of it was heard, and how long it took. */
export const Turn = memo(function Turn({ turn }: { readonly turn: TurnView }): ReactNode {
  const { transcript, transcriptIsFinal, reply, heard, interrupted, origin, failure } = turn;
  const unheard = interrupted ? reply.slice(heard.length) : "";
  return (
    <article className="turn" data-testid="turn" data-origin={origin}>
      {origin === "announcement" && <p className="tag">{STRINGS.announcement}</p>}
      {transcript && (
        <p className={transcriptIsFinal ? "said user" : "said user tentative"} data-testid="said">
          <span className="who">{STRINGS.you}</span>
          {transcript}
        </p>
      )}
      {reply && (
        <p className="said assistant" data-testid="reply">
          <span className="who">{STRINGS.appName}</span>
          {interrupted ? heard : reply}
          {unheard && (
            <s className="unheard" title={STRINGS.unheard}>
              {unheard}
            </s>
          )}
          {interrupted && <span className="tag"> {STRINGS.interrupted}</span>}
        </p>
      )}
      {failure && (
        <p className="turn-failure" data-testid="turn-failure">
          {userSentence(failure.code)}
        </p>
      )}
      <LatencySummary turn={turn} />
    </article>
  );
});
