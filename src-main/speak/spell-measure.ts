/** Units behind a number, with one and with many. A single letter stands apart from its number. */
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  "km/h": ["kilometer per hour", "kilometers per hour"],
  "m/s": ["meter per second", "meters per second"],
  mph: ["mile per hour", "miles per hour"],
  km: ["kilometer", "kilometers"],
  cm: ["centimeter", "centimeters"],
  mm: ["millimeter", "millimeters"],
  "m²": ["square meter", "square meters"],
  "km²": ["square kilometer", "square kilometers"],
  "m³": ["cubic meter", "cubic meters"],
  ft: ["foot", "feet"],
  kg: ["kilogram", "kilograms"],
  mg: ["milligram", "milligrams"],
  lb: ["pound", "pounds"],
  lbs: ["pound", "pounds"],
  oz: ["ounce", "ounces"],
  ml: ["milliliter", "milliliters"],
  kHz: ["kilohertz", "kilohertz"],
  MHz: ["megahertz", "megahertz"],
  GHz: ["gigahertz", "gigahertz"],
  Hz: ["hertz", "hertz"],
  kB: ["kilobyte", "kilobytes"],
  KB: ["kilobyte", "kilobytes"],
  MB: ["megabyte", "megabytes"],
  GB: ["gigabyte", "gigabytes"],
  TB: ["terabyte", "terabytes"],
  ms: ["millisecond", "milliseconds"],
  sec: ["second", "seconds"],
  min: ["minute", "minutes"],
  hr: ["hour", "hours"],
  hrs: ["hour", "hours"],
  "%": ["percent", "percent"],
  " m": ["meter", "meters"],
  " g": ["gram", "grams"],
  " s": ["second", "seconds"],
  " h": ["hour", "hours"],
};
const UNIT_MARKS = Object.keys(UNITS).toSorted((a, b) => b.length - a.length);
const CURRENCIES: Readonly<
  Record<string, readonly [one: string, many: string, hundredth: string, hundredths: string]>
> = {
  $: ["dollar", "dollars", "cent", "cents"],
  "£": ["pound", "pounds", "penny", "pence"],
  "€": ["euro", "euros", "cent", "cents"],
  "¥": ["yen", "yen", "sen", "sen"],
};
const SCALES: Readonly<Record<string, string>> = {
  k: " thousand",
  m: " million",
  b: " billion",
  bn: " billion",
};

/** A number with a unit behind it: "5 km", "100%". */
export const MEASURE = new RegExp(`(\\d[\\d,]*(?:\\.\\d+)?)( ?(?:${UNIT_MARKS.join("|")}))(?![\\w/²³'])`, "g");
/** A price: "£5", "$1.5 million", "€6.50", "$5M". */
export const PRICE =
  /([$£€¥])\s?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d\d)(?!\d)|(\.\d+)?(?:([KMBkmb]|bn)\b|((?: (?:thousand|million|billion|trillion))?)))/g;

/** "5 kilometers", of a match of {@link MEASURE}. */
export function readMeasure(_match: string, number: string, mark: string): string {
  const [one, many] = (UNITS[mark] ?? UNITS[mark.trim()]) as readonly [string, string];
  return `${number} ${number === "1" ? one : many}`;
}

/** "3 pounds 20", "50 cents", "1.5 billion euros", of a match of {@link PRICE}. */
export function readPrice(
  _match: string,
  mark: string,
  whole: string,
  hundredths?: string,
  decimals = "",
  short?: string,
  scale = "",
): string {
  const [one, many, hundredth, manyHundredths] = CURRENCIES[mark] as (typeof CURRENCIES)[string];
  const scaled = short === undefined ? scale : SCALES[short.toLowerCase()];
  const currency = whole === "1" && decimals === "" && scaled === "" ? one : many;
  if (hundredths === undefined) return `${whole}${decimals}${scaled} ${currency}`;
  if (hundredths === "00") return `${whole} ${currency}`;
  if (whole === "0") return `${Number(hundredths)} ${hundredths === "01" ? hundredth : manyHundredths}`;
  return `${whole} ${currency} ${hundredths.replace(/^0/, "oh ")}`;
}
