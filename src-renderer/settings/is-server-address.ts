/** Whether the assistant will take this as the address of a language model server: empty for none, else an http or https url. */
export function isServerAddress(address: string): boolean {
  if (address === "") return true;
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) && /^https?:\/\//i.test(address);
}
