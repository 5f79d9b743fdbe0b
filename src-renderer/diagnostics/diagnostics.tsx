import { useEffect, useState, type ReactNode } from "react";
import type { SoundContext } from "../audio/describe-context.ts";
import { STRINGS } from "../strings.ts";
import { useWindow, windowActions } from "../window-state.ts";
import { describeFormat, describeProcessing, describeSound } from "./describe-sound.ts";

const TEXT = STRINGS.diagnostics;
const LOOK_INTERVAL_MS = 1_000;

/** What the sound is like: what the browser says of microphone and speaker, and what came out of the echo test. */
export function Diagnostics(): ReactNode {
  const { label, settings } = useWindow((state) => state.microphone);
  const outputLabel = useWindow((state) => state.outputLabel);
  const lossDb = useWindow((state) => state.settings?.echoReturnLossDb[state.outputLabel]);
  const duplex = useWindow(({ snapshot }) => snapshot.duplex);
  const rows: readonly (readonly [name: string, value: string])[] = [
    [TEXT.microphone, label || TEXT.unknown],
    [TEXT.format, describeFormat(settings)],
    [TEXT.processing, describeProcessing(settings)],
    [TEXT.output, outputLabel || TEXT.unknown],
    [TEXT.engine, describeSound(useSoundContext())],
    [TEXT.echo, lossDb === undefined ? TEXT.notTested : TEXT.loss(lossDb)],
    [TEXT.layer, TEXT.layers[duplex]],
  ];
  return (
    <div className="card" data-testid="diagnostics">
      <h2>{TEXT.name}</h2>
      <dl className="wide-field facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <EchoTestButton />
    </div>
  );
}

function EchoTestButton(): ReactNode {
  const test = useWindow((state) => state.echoTest);
  const isReady = useWindow(
    ({ snapshot, microphone, connected }) => connected && microphone.status === "live" && snapshot.state !== "speaking",
  );
  const isBusy = test === "due" || test === "running";
  return (
    <div className="wide-field save">
      <button
        type="button"
        data-testid="test-echo"
        disabled={!isReady || isBusy}
        onClick={() => windowActions().testEcho()}
      >
        {STRINGS.echo.test}
      </button>
      <span className="hint" role="status">
        {test === "idle" ? TEXT.testHint : STRINGS.echo[test]}
      </span>
    </div>
  );
}

function useSoundContext(): SoundContext {
  const { describeSound: look } = windowActions();
  const [sound, setSound] = useState(look);
  useEffect(() => {
    const timer = setInterval(() => setSound(look()), LOOK_INTERVAL_MS);
    return () => clearInterval(timer);
  }, [look]);
  return sound;
}
