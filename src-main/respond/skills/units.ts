/** A unit as mathjs knows it and as it is spoken. */
export interface SpokenUnit {
  /** What mathjs calls it, or a number and what mathjs calls the unit that it counts. */
  readonly symbol: string;
  readonly singular: string;
  readonly plural: string;
}

/** symbol: singular, plural (default: singular with "s"), other words. */
const UNITS: Readonly<Record<string, readonly [singular: string, plural?: string | undefined, ...others: string[]]>> = {
  mm: ["millimeter", undefined, "mm"],
  cm: ["centimeter", undefined, "cm"],
  m: ["meter", undefined, "m"],
  km: ["kilometer", undefined, "km", "kms", "k", "klick", "klicks"],
  inch: ["inch", "inches", "in"],
  foot: ["foot", "feet", "ft", "foots"],
  yard: ["yard"],
  mile: ["mile", undefined, "mi"],
  "1.852 km": ["nautical mile"],
  "149597870.7 km": ["astronomical unit"],
  "9460730472580.8 km": ["light year", undefined, "lightyear", "lightyears"],
  mg: ["milligram", undefined, "mg"],
  g: ["gram", undefined, "g"],
  kg: ["kilogram", undefined, "kilo", "kilos", "kg", "kgs"],
  oz: ["ounce", undefined, "oz"],
  lb: ["pound", undefined, "lb", "lbs"],
  stone: ["stone", "stone", "stones"],
  ton: ["ton"],
  tonne: ["tonne", undefined, "metric ton", "metric tons"],
  ml: ["milliliter", undefined, "ml", "mil", "mils"],
  "0.1 l": ["deciliter", undefined, "dl"],
  "0.01 l": ["centiliter", undefined, "cl"],
  l: ["liter", undefined, "l"],
  [`${1 / 48} cup`]: ["teaspoon", undefined, "tea spoon", "tea spoons", "tsp"],
  "0.0625 cup": ["tablespoon", undefined, "table spoon", "table spoons", "tbsp"],
  floz: ["fluid ounce"],
  cup: ["cup"],
  pint: ["pint"],
  quart: ["quart"],
  gallon: ["gallon"],
  degC: [
    "degree Celsius",
    "degrees Celsius",
    "celsius",
    "centigrade",
    "c",
    "degrees centigrade",
    "degrees c",
    "degree c",
  ],
  degF: ["degree Fahrenheit", "degrees Fahrenheit", "fahrenheit", "f", "degrees f", "degree f"],
  K: ["kelvin", "kelvin", "kelvins", "degrees kelvin"],
  ms: ["millisecond"],
  s: ["second", undefined, "secs", "sec"],
  minute: ["minute", undefined, "mins", "min"],
  hour: ["hour", undefined, "hrs", "hr"],
  day: ["day"],
  week: ["week"],
  [`${365 / 12} day`]: ["month"],
  "365 day": ["year"],
  "km/hour": ["kilometer per hour", "kilometers per hour", "kph", "kmh", "km per hour"],
  "mile/hour": ["mile per hour", "miles per hour", "mph"],
  "m/s": ["meter per second", "meters per second"],
  "1.852 km/hour": ["knot"],
  m2: ["square meter"],
  km2: ["square kilometer"],
  sqft: ["square foot", "square feet"],
  sqmi: ["square mile"],
  acre: ["acre"],
  hectare: ["hectare"],
  b: ["bit"],
  B: ["byte"],
  kB: ["kilobyte"],
  MB: ["megabyte", undefined, "mb"],
  GB: ["gigabyte", undefined, "gb", "gigs", "gig"],
  TB: ["terabyte", undefined, "tb"],
  J: ["joule"],
  "4.184 J": ["calorie"],
  "4184 J": ["kilocalorie"],
  W: ["watt"],
  kW: ["kilowatt"],
  hp: ["horsepower", "horsepower"],
  rad: ["radian"],
  deg: ["degree"],
};

const BY_WORDS = new Map<string, SpokenUnit>();
for (const [symbol, [singular, plural = `${singular}s`, ...others]] of Object.entries(UNITS)) {
  const unit = { symbol, singular, plural };
  for (const words of [singular, plural, ...others]) BY_WORDS.set(words.toLowerCase(), unit);
}

/** Words for units that are worth recognizing when misheard. */
export const UNIT_TRIGGERS =
  "kilometers miles meters centimeters inches feet yards kilograms grams pounds ounces liter liters cups teaspoons tablespoon gallons pints celsius fahrenheit".split(
    " ",
  );

/** The unit that words mean, in American or British spelling; undefined for none. Pure. */
export function findUnit(words: string): SpokenUnit | undefined {
  const plain = words
    .replace(/^(?:degrees|degree) (?=fahrenheit|celsius|kelvin|centigrade)/, "")
    .replace(/metre(?=s?\b)/g, "meter")
    .replace(/litre(?=s?\b)/g, "liter")
    .replace(/gramme/g, "gram")
    .replace(/^(?:us|american|metric) (?!ton)/, "");
  return BY_WORDS.get(plain);
}
