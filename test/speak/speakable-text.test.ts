import { expect, test } from "vitest";
import { speakableText } from "../../src-main/speak/speakable-text.ts";

test.each([
  ["It is half past three.", "It is half past three."],
  ["It’s “fine” — really…", 'It\'s "fine", really...'],
  ["**Bold**, _soft_ and `code`.", "Bold, soft and code."],
  ["## Title\n- one\n- two", "Title one two"],
  ["See [the guide](https://example.com/a).", "See the guide."],
  ["Write to me@example.com", "Write to me at example dot com"],
  ["It costs £5 or €6.50.", "It costs 5 pounds or 6.50 euros."],
  ["20 °C is 68 °F", "20 degrees Celsius is 68 degrees Fahrenheit"],
  ["100 km/h or 5 cm", "one hundred kilometers per hour or 5 centimeters"],
  ["2 + 2 = 4", "2 plus 2 equals 4"],
  ["3 × 4 ÷ 2", "3 times 4 divided by 2"],
  ["born in 1985", "born in nineteen eighty five"],
  ["on March 3, 2026", "on March 3, twenty twenty six"],
  ["in 2005 and since 1900", "in two thousand five and since nineteen hundred"],
  ["in 1500.5 seconds", "in 1500.5 seconds"],
  ["12345678 and 54321", "12,345,678 and 54,321"],
  ["3.14159", "3.14159"],
  ["pages 3–5", "pages 3 to 5"],
  ["an AI API", "an A.I. A.P.I."],
  ["naïve café", "naive cafe"],
  ["Done 🎉!", "Done!"],
  ["−5 degrees", "-5 degrees"],
  ["-v --help", "-v --help"],
  ["日本", ""],
  ["...", ""],
  ["", ""],
])("%j is read as %j", (text, spoken) => {
  expect(speakableText(text)).toBe(spoken);
});
