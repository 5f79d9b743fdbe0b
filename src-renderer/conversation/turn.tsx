import { memo, type ReactNode } from "react";
import { userSentence } from "../../src-shared/failure.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { LatencySummary } from "../latency/latency-summary.tsx";
import { STRINGS } from "../strings.ts";

/** One exchange: what the user said, what the assistant answered, what of it was heard, and how long it took. */
export const Turn = memo(function Turn({ turn }: { readonly turn: TurnView }): ReactNode {
  const { transcript, transcriptIsFinal, reply, origin, failure } = turn;
  return (
    <article className="turn" data-testid="turn" data-origin={origin}>
      {origin === "announcement" && <p className="tag">{STRINGS.announcement}</p>}
      {transcript && (
        <p
          className={transcriptIsFinal ? "said user" : "said user tentative"}
          data-testid="said"
          aria-live={transcriptIsFinal ? undefined : "off"}
        >
          <span className="who">{STRINGS.you}</span>
          {transcript}
        </p>
      )}
      {reply && <Reply turn={turn} />}
      {failure && (
        <p className="turn-failure" data-testid="turn-failure">
          {userSentence(failure.code)}
        </p>
      )}
      <LatencySummary turn={turn} />
    </article>
  );
});

/** The reply; what was cut off is struck out, what is still to be spoken is pale. */
function Reply({ turn }: { readonly turn: TurnView }): ReactNode {
  const { reply, heard, interrupted, marks } = turn;
  const isSounding = marks.firstAudibleAtMs !== undefined && marks.playbackEndedAtMs === undefined && !interrupted;
  const spoken = interrupted || isSounding ? heard : reply;
  const rest = reply.slice(spoken.length);
  return (
    <p className="said assistant" data-testid="reply">
      <span className="who">{STRINGS.appName}</span>
      {spoken}
      {rest && isSounding && <span className="upcoming">{rest}</span>}
      {rest && interrupted && (
        <s className="unheard" title={STRINGS.unheard}>
          {rest}
        </s>
      )}
      {interrupted && <span className="tag">{STRINGS.interrupted}</span>}
    </p>
  );
}
