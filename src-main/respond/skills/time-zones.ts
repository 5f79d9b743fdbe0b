/** A place with its own time. */
export interface Place {
  /** As it is spoken. */
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** Places that are not the namesake of a zone. */
const MORE_PLACES: Readonly<Record<string, string>> = {
  "san francisco": "America/Los_Angeles",
  "san diego": "America/Los_Angeles",
  seattle: "America/Los_Angeles",
  "las vegas": "America/Los_Angeles",
  california: "America/Los_Angeles",
  boston: "America/New_York",
  washington: "America/New_York",
  miami: "America/New_York",
  atlanta: "America/New_York",
  philadelphia: "America/New_York",
  houston: "America/Chicago",
  dallas: "America/Chicago",
  texas: "America/Chicago",
  montreal: "America/Toronto",
  beijing: "Asia/Shanghai",
  china: "Asia/Shanghai",
  delhi: "Asia/Kolkata",
  "new delhi": "Asia/Kolkata",
  mumbai: "Asia/Kolkata",
  india: "Asia/Kolkata",
  japan: "Asia/Tokyo",
  osaka: "Asia/Tokyo",
  korea: "Asia/Seoul",
  england: "Europe/London",
  britain: "Europe/London",
  scotland: "Europe/London",
  edinburgh: "Europe/London",
  ireland: "Europe/Dublin",
  france: "Europe/Paris",
  germany: "Europe/Berlin",
  munich: "Europe/Berlin",
  hamburg: "Europe/Berlin",
  frankfurt: "Europe/Berlin",
  spain: "Europe/Madrid",
  barcelona: "Europe/Madrid",
  italy: "Europe/Rome",
  milan: "Europe/Rome",
  greece: "Europe/Athens",
  switzerland: "Europe/Zurich",
  geneva: "Europe/Zurich",
  hawaii: "Pacific/Honolulu",
};
const NOT_PLACES = /^(?:Etc|SystemV|US)\//;

let places: ReadonlyMap<string, string> | undefined;

/** The time zone of a city that gave a zone its name, or of another well-known place; undefined for anything else. */
export function findTimeZone(text: string): Place | undefined {
  places ??= new Map([...cities(), ...Object.entries(MORE_PLACES)]);
  const name = text.replace(/ (?:city|right now|now|today)$/, "");
  const timeZone = places.get(name) ?? places.get(text);
  if (!timeZone) return undefined;
  return { name: (places.has(name) ? name : text).replace(/\b[a-z]/g, (letter) => letter.toUpperCase()), timeZone };
}

function cities(): [string, string][] {
  return Intl.supportedValuesOf("timeZone")
    .filter((zone) => zone.includes("/") && !NOT_PLACES.test(zone))
    .map((zone) => [
      zone
        .slice(zone.lastIndexOf("/") + 1)
        .replaceAll("_", " ")
        .toLowerCase(),
      zone,
    ]);
}
