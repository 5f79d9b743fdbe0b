import { normalizeRequest } from "./normalize-request.ts";

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
  osaka: "Asia/Tokyo",
  korea: "Asia/Seoul",
  england: "Europe/London",
  britain: "Europe/London",
  scotland: "Europe/London",
  edinburgh: "Europe/London",
  munich: "Europe/Berlin",
  hamburg: "Europe/Berlin",
  frankfurt: "Europe/Berlin",
  spain: "Europe/Madrid",
  barcelona: "Europe/Madrid",
  milan: "Europe/Rome",
  geneva: "Europe/Zurich",
  hawaii: "Pacific/Honolulu",
  portugal: "Europe/Lisbon",
  ukraine: "Europe/Kyiv",
  mexico: "America/Mexico_City",
  chile: "America/Santiago",
  ecuador: "America/Guayaquil",
  indonesia: "Asia/Jakarta",
  "new zealand": "Pacific/Auckland",
  turkey: "Europe/Istanbul",
  holland: "Europe/Amsterdam",
  uk: "Europe/London",
  uae: "Asia/Dubai",
  "great britain": "Europe/London",
  wales: "Europe/London",
};
const NOT_PLACES = /^(?:Etc|SystemV|US)\//;

/** As of ECMA-402 2025, which the compiler does not know yet. */
interface LocaleWithZones {
  getTimeZones(this: Intl.Locale): string[] | undefined;
}

const A_TO_Z = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

let places: ReadonlyMap<string, string> | undefined;
let countries: ReadonlyMap<string, string> | undefined;

/** The time zone of a city that gave a zone its name, of a country that has one, or of another well-known place; undefined for anything else. */
export function findTimeZone(text: string): Place | undefined {
  places ??= new Map([...cities(), ...Object.entries(MORE_PLACES)]);
  const [article = ""] = /^the /.exec(text) ?? [];
  const plain = text.slice(article.length);
  for (const name of [plain.replace(/ (?:city|right now|now|today)$/, ""), plain]) {
    const timeZone = places.get(name) ?? zoneOfCountry(name);
    if (timeZone) return { name: article + capitalize(name), timeZone };
  }
  return undefined;
}

function capitalize(name: string): string {
  return name.length < 4 ? name.toUpperCase() : name.replace(/\b(?!and\b)[a-z]/g, (letter) => letter.toUpperCase());
}

/** Undefined where the clocks of a country differ. */
function zoneOfCountry(name: string): string | undefined {
  countries ??= new Map(countryCodes());
  const code = countries.get(name);
  if (code === undefined) return undefined;
  const { getTimeZones } = Intl.Locale.prototype as Partial<LocaleWithZones>;
  const zones = getTimeZones?.call(new Intl.Locale(`und-${code}`)) ?? [];
  return new Set(zones.map(clocksIn)).size === 1 ? zones[0] : undefined;
}

/** What clocks there show in winter and in summer. */
function clocksIn(timeZone: string): string {
  const clock = new Intl.DateTimeFormat("en-US", { timeZone, dateStyle: "short", timeStyle: "short" });
  const year = new Date().getFullYear();
  return [new Date(year, 0, 15), new Date(year, 6, 15)].map((date) => clock.format(date)).join();
}

/** English names of countries as requests have them, and their ISO codes. */
function countryCodes(): [string, string][] {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  return A_TO_Z.flatMap((first) => A_TO_Z.map((second) => first + second)).flatMap((code) => {
    const name = names.of(code);
    return name ? [[normalizeRequest(name.replace("&", "and")).join(" "), code]] : [];
  });
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
