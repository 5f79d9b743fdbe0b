/** The browser has taken the file over by then. */
const TAKEN_MS = 10_000;

/** Lets the user keep a value as a JSON file of this name. */
export function downloadJson(name: string, value: object): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(value, undefined, 2)}\n`], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), TAKEN_MS);
}
