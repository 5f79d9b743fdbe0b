/** Browsers tell of changes only as far as the kernel does: a headset or a virtual device of a sound server comes and goes unsaid. */
const LOOK_INTERVAL_MS = 3_000;

/** A device, as the browser lists it. */
type OutputDevice = Pick<MediaDeviceInfo, "kind" | "deviceId" | "groupId" | "label">;

/**
 * Name of the output that the system plays to by default, at most 200 characters; empty while the browser does not tell. Where the browser
 * does not say which of several it is, what it calls the default.
 */
export function outputLabel(devices: readonly OutputDevice[]): string {
  const outputs = devices.filter(({ kind }) => kind === "audiooutput");
  const others = outputs.filter(({ deviceId }) => deviceId !== "default" && deviceId !== "communications");
  const byDefault = outputs.find(({ deviceId }) => deviceId === "default");
  const named = others.find(({ groupId }) => groupId !== "" && groupId === byDefault?.groupId);
  const only = others.length === 1 ? others[0] : undefined;
  return ((named ?? only ?? byDefault)?.label ?? "").replace(/^Default - /, "").slice(0, 200);
}

/** Calls back with the name of the output, soon and whenever it has changed. Looks every three seconds. */
export function watchOutput(changed: (label: string) => void): void {
  const { mediaDevices } = navigator;
  if (!mediaDevices) return;
  let known: string | undefined;
  const look = async (): Promise<void> => {
    const label = outputLabel(await mediaDevices.enumerateDevices());
    if (label === known) return;
    known = label;
    changed(label);
  };
  mediaDevices.addEventListener("devicechange", () => void look());
  setInterval(() => void look(), LOOK_INTERVAL_MS);
  void look();
}
