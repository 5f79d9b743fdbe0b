/**
 * Browsers tell of changes only as far as the kernel does: a headset or a virtual device of a sound server comes and goes unsaid. A device that
 * is back before the next look was never gone for the browser, which may go on recording from another one.
 */
const LOOK_INTERVAL_MS = 500;

/** The microphones of the system as the browser lists them. */
export interface MicrophoneDevices {
  /** Names of all microphones; empty until the user has allowed one. */
  readonly labels: readonly string[];
  /** Whatever identifies the system's default, as far as the browser tells. */
  readonly systemDefault: string;
}

/** Lists the microphones. Opens none. */
export async function listMicrophones(): Promise<MicrophoneDevices> {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "audioinput");
  const isAlias = ({ deviceId }: MediaDeviceInfo) => deviceId === "default" || deviceId === "communications";
  const labels = devices.filter((device) => !isAlias(device)).map(({ label }) => label);
  const byDefault = devices.find(({ deviceId }) => deviceId === "default");
  return {
    labels: [...new Set(labels)].filter((label) => label !== ""),
    systemDefault: byDefault ? `${byDefault.label} ${byDefault.groupId}` : "",
  };
}

/**
 * Calls back whenever a microphone came or went or another one became the default, or the browser says that something changed. Looks twice a
 * second, about 20 ms each, most of it waiting. Looking is also what makes Chromium on PulseAudio end the track of a device that is gone: until
 * then the track plays the sound of another source, which may be the speaker's.
 */
export function watchDevices(changed: (devices: MicrophoneDevices) => void): void {
  let known: string | undefined;
  const look = async (isTold: boolean) => {
    const devices = await listMicrophones();
    const found = JSON.stringify(devices);
    const isNew = known !== undefined && found !== known;
    known = found;
    if (isTold || isNew) changed(devices);
  };
  navigator.mediaDevices.addEventListener("devicechange", () => void look(true));
  setInterval(() => void look(false), LOOK_INTERVAL_MS);
}
