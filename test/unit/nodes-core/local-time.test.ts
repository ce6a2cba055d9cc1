// Times of day in time zones, and whether they lie in a window.
import { describe, expect, it } from "vitest";
import { isActive, ZoneClock } from "../../../nodes/core/timer/local-time.ts";

const iso = (text: string) => Date.parse(text);

describe("ZoneClock", () => {
  it("reads what the wall clock shows, over daylight saving", () => {
    const berlin = new ZoneClock("Europe/Berlin");
    expect(berlin.at(iso("2030-01-01T00:30Z"))).toEqual({ day: 1, minute: 90 });
    expect(berlin.at(iso("2030-07-01T00:30Z"))).toEqual({ day: 0, minute: 150 });
  });

  it("parses local times on both sides of a change of the clocks", () => {
    const berlin = new ZoneClock("Europe/Berlin");
    expect(berlin.parse("2030-03-31T01:30")).toBe(iso("2030-03-31T00:30Z"));
    expect(berlin.parse("2030-03-31T03:30")).toBe(iso("2030-03-31T01:30Z"));
    expect(berlin.parse("2030-06-01T12:00:30")).toBe(iso("2030-06-01T10:00:30Z"));
    expect(berlin.parse("2030-06-01T12:00:00+05:00")).toBe(iso("2030-06-01T07:00Z"));
  });

  it("refuses a zone that is none", () => {
    expect(() => new ZoneClock("Mars/Olympus")).toThrow('"Mars/Olympus" is not a time zone');
  });
});

describe("isActive", () => {
  it.each([
    [{ from: "08:00", to: "18:00" }, 8 * 60, true],
    [{ from: "08:00", to: "18:00" }, 18 * 60, false],
    [{ from: "08:00" }, 23 * 60, true],
    [{ to: "08:00" }, 9 * 60, false],
    [{ from: "22:00", to: "06:00" }, 23 * 60, true],
    [{ from: "22:00", to: "06:00" }, 5 * 60, true],
    [{ from: "22:00", to: "06:00" }, 12 * 60, false],
    [{ days: ["tue" as const] }, 0, false],
    [{ days: ["mon" as const] }, 0, true],
    [{ from: "22:00", to: "06:00", days: ["sun" as const] }, 60, true],
    [{}, 0, true],
  ])("%j on a Monday at minute %i: %s", (window, minute, expected) => {
    expect(isActive(window, { day: 0, minute })).toBe(expected);
  });
});
