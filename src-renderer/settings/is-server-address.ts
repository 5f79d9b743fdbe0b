const SCHEMES = { http: /^https?:\/\//i, socket: /^(https?|wss?):\/\//i };

/** Whether the settings take this as the address of a server: an http or https url of 2000 characters at most; for a `socket` a ws or wss one too. */
export function isServerAddress(address: string, kind: keyof typeof SCHEMES): boolean {
  return address.length <= 2_000 && SCHEMES[kind].test(address) && URL.canParse(address);
}
