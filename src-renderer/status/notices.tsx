import type { ReactNode } from "react";
import { userSentence } from "../../src-shared/failure.ts";
import { STRINGS } from "../strings.ts";
import { useWindow, windowActions } from "../window-state.ts";

/** What needs the user's attention, with what to do about it: connection, sound, microphone, engines. */
export function Notices(): ReactNode {
  const connected = useWindow((state) => state.connected);
  const suspended = useWindow((state) => state.soundSuspended);
  const microphone = useWindow((state) => state.microphone.status);
  const failure = useWindow(({ snapshot }) => snapshot.failure);
  if (!connected) return <Notice text={STRINGS.connectionLost} />;
  const isMicrophoneFailure = failure?.code.startsWith("mic-");
  return (
    <>
      {microphone === "unasked" && (
        <div className="notice invite" data-testid="microphone-invitation">
          <p>{STRINGS.microphone.explain}</p>
          <button
            type="button"
            className="primary"
            data-testid="microphone-allow"
            onClick={windowActions().allowMicrophone}
          >
            {STRINGS.microphone.allow}
          </button>
        </div>
      )}
      {(microphone === "denied" || microphone === "missing" || microphone === "lost") && (
        <Notice text={STRINGS.microphone[microphone]} />
      )}
      {suspended && microphone === "live" && <Notice text={STRINGS.soundSuspended} />}
      {failure && !isMicrophoneFailure && <Notice text={userSentence(failure.code)} detail={failure.detail} />}
    </>
  );
}

function Notice({ text, detail }: { readonly text: string; readonly detail?: string }): ReactNode {
  return (
    <div className="notice" role="alert" data-testid="failure">
      <p>{text}</p>
      {detail && <p className="detail">{detail}</p>}
    </div>
  );
}
