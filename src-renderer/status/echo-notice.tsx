import type { ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow, windowActions } from "../window-state.ts";

const TEXT = STRINGS.echo;

/** What the user should know of the echo: that a test sound comes, that the test failed, or that talking over a reply does not count. */
export function EchoNotice(): ReactNode {
  const test = useWindow((state) => state.echoTest);
  const isHalf = useWindow(({ snapshot, settings }) => snapshot.duplex === "half" && settings?.mode !== "push-to-talk");
  const isQuiet = useWindow(({ snapshot }) => snapshot.state !== "speaking");
  const { testEcho, forgoEchoTest } = windowActions();
  if (test === "idle" && !isHalf) return null;
  return (
    <div className="notice plain" role="status" data-testid="echo-notice">
      <p>{test === "idle" ? TEXT.half : TEXT[test]}</p>
      {test === "idle" && (
        <button type="button" data-testid="echo-notice-test" disabled={!isQuiet} onClick={testEcho}>
          {TEXT.test}
        </button>
      )}
      {(test === "due" || test === "failed") && (
        <button type="button" data-testid="echo-forgo" onClick={forgoEchoTest}>
          {test === "due" ? TEXT.forgo : TEXT.dismiss}
        </button>
      )}
    </div>
  );
}
