import type { ReactNode } from "react";
import { userSentence } from "../../src-shared/failure.ts";
import type { MicrophoneProblem, MicrophoneStatus } from "../microphone/microphone.ts";
import { STRINGS } from "../strings.ts";
import { useWindow, windowActions } from "../window-state.ts";
import { EchoNotice } from "./echo-notice.tsx";

/** What needs the user's attention, with what to do about it: connection, sound, microphone, engines. */
export function Notices(): ReactNode {
  const connected = useWindow((state) => state.connected);
  const suspended = useWindow((state) => state.soundSuspended);
  const muted = useWindow(({ snapshot }) => snapshot.muted);
  const microphone = useWindow((state) => state.microphone.status);
  const standsInFor = useWindow((state) => (state.microphone.status === "live" ? state.microphone.standsInFor : ""));
  const failure = useWindow(({ snapshot }) => snapshot.failure);
  if (!connected) return <Notice text={STRINGS.connectionLost} />;
  const { allowMicrophone } = windowActions();
  const isInvited = microphone === "unasked" && !muted;
  return (
    <div className="notices">
      {isInvited && (
        <div className="notice invite" data-testid="microphone-invitation">
          <p>{STRINGS.microphone.explain}</p>
          <button type="button" className="primary" data-testid="microphone-allow" onClick={allowMicrophone}>
            {STRINGS.microphone.allow}
          </button>
        </div>
      )}
      {isProblem(microphone) && (
        <Notice text={STRINGS.microphone.problems[microphone]}>
          <button type="button" data-testid="microphone-retry" onClick={allowMicrophone}>
            {STRINGS.microphone.retry}
          </button>
        </Notice>
      )}
      {standsInFor && (
        <div className="notice" role="status" data-testid="microphone-stands-in">
          <p>{STRINGS.microphone.standsIn(standsInFor)}</p>
        </div>
      )}
      <EchoNotice />
      {suspended && !isInvited && !isProblem(microphone) && <Notice text={STRINGS.soundSuspended} />}
      {failure && !failure.code.startsWith("mic-") && (
        <Notice text={userSentence(failure.code)} detail={failure.detail} />
      )}
    </div>
  );
}

interface NoticeProps {
  readonly text: string;
  readonly detail?: string;
  readonly children?: ReactNode;
}

function Notice({ text, detail, children }: NoticeProps): ReactNode {
  return (
    <div className="notice" role="alert" data-testid="failure">
      <p>
        {text}
        {detail && <span className="detail">{detail}</span>}
      </p>
      {children}
    </div>
  );
}

function isProblem(status: MicrophoneStatus): status is MicrophoneProblem {
  return status in STRINGS.microphone.problems;
}
