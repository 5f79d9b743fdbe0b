import { expect, test } from "vitest";
import {
  sayCount,
  sayDuration,
  sayLength,
  sayList,
  sayMoment,
  sayNumber,
  sayTimeOfDay,
} from "../../../src-main/respond/skills/say.ts";

const NOW = new Date(2026, 10, 21, 15, 25);

test("times of day", () => {
  const at = (hours: number, minutes: number) => sayTimeOfDay(new Date(2026, 10, 21, hours, minutes));
  expect([at(0, 0), at(0, 5), at(7, 0), at(12, 0), at(12, 30), at(23, 59)]).toEqual([
    "midnight",
    "12:05 AM",
    "7 AM",
    "noon",
    "12:30 PM",
    "11:59 PM",
  ]);
});

test("moments, as near as they are", () => {
  expect(sayMoment(new Date(2026, 10, 21, 18), NOW)).toBe("6 PM");
  expect(sayMoment(new Date(2026, 10, 22, 6, 30), NOW)).toBe("6:30 AM tomorrow");
  expect(sayMoment(new Date(2026, 10, 26, 6, 30), NOW)).toBe("6:30 AM on Thursday");
  expect(sayMoment(new Date(2027, 2, 1, 6, 30), NOW)).toBe("6:30 AM on Monday, March 1, 2027");
});

test("lengths of time", () => {
  expect(sayDuration(4_805_000)).toBe("1 hour, 20 minutes and 5 seconds");
  expect(sayDuration(0)).toBe("0 seconds");
  expect(sayLength(5_400_000)).toBe("1 hour 30 minute");
});

test("numbers", () => {
  expect([0, -5, 1234567.891, 1 / 3, 1e-7, 6.02e23, -0.5].map(sayNumber)).toEqual([
    "0",
    "minus 5",
    "1,234,567.891",
    "0.3333",
    "1 times 10 to the power of minus 7",
    "6.02 times 10 to the power of 23",
    "minus 0.5",
  ]);
});

test("small numbers have three digits", () => {
  expect([1 / 7000, 0.000125, 2 / 300, 0.0625].map(sayNumber)).toEqual(["0.000143", "0.000125", "0.00667", "0.0625"]);
});

test("counts and lists", () => {
  expect([sayCount(1, "day"), sayCount(2, "day")]).toEqual(["1 day", "2 days"]);
  expect([sayList([]), sayList(["a"]), sayList(["a", "b"]), sayList(["a", "b", "c"], "or")]).toEqual([
    "",
    "a",
    "a and b",
    "a, b or c",
  ]);
});
