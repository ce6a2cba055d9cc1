// What a clock on the wall shows in a time zone, by the zones that the JavaScript engine brings along.
import { Failure } from "@millrace/sdk";
import { DAYS } from "./config.ts";

export interface LocalTime {
  /** 0: Monday. */
  readonly day: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

export type Day = (typeof DAYS)[number];

/** Reads times in a zone (IANA name; undefined: the system's). Throws a Failure for a zone that is none. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;

  constructor(timezone: string | undefined) {
    try {
      this.#format = new Intl.DateTimeFormat("en-GB", {
        ...(timezone && { timeZone: timezone }),
        weekday: "short",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        hourCycle: "h23",
      });
    } catch {
      throw new Failure(`"${timezone}" is not a time zone. Write a name such as "Europe/Berlin" or "UTC".`, {
        code: "timer/bad-timezone",
        retry: false,
      });
    }
  }

  at(time: number): LocalTime {
    const parts = this.#parts(time);
    const day = DAYS.map(String).indexOf(parts.weekday?.toLowerCase() ?? "");
    return { day, minute: Number(parts.hour) * 60 + Number(parts.minute) };
  }

  /** Milliseconds since the epoch of an ISO time; without an offset it is meant in this zone. */
  parse(iso: string): number {
    if (/(Z|[+-]\d{2}:\d{2})$/.test(iso)) return Date.parse(iso);
    const wanted = Date.parse(`${iso}Z`);
    const first = wanted - this.#offset(wanted);
    return wanted - this.#offset(first);
  }

  /** How far local time is ahead of UTC, in milliseconds. */
  #offset(time: number): number {
    const { year, month, day, hour, minute, second } = this.#parts(time);
    const local = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    return local - Math.floor(time / 1_000) * 1_000;
  }

  #parts(time: number): Partial<Record<Intl.DateTimeFormatPartTypes, string>> {
    return Object.fromEntries(this.#format.formatToParts(time).map(({ type, value }) => [type, value]));
  }
}

export interface ActiveWindow {
  readonly from?: string;
  readonly to?: string;
  readonly days?: readonly Day[];
}

/** Whether a local time lies in a window. Hours after midnight belong to the day on which the window began. */
export function isActive(window: ActiveWindow, { day, minute }: LocalTime): boolean {
  const [from, to] = [minutes(window.from, 0), minutes(window.to, 24 * 60)];
  const overMidnight = from >= to && window.to !== undefined;
  const inside = overMidnight ? minute >= from || minute < to : minute >= from && minute < to;
  const begun = overMidnight && minute < to ? (day + 6) % 7 : day;
  const name = DAYS[begun];
  return inside && (!window.days?.length || (name !== undefined && window.days.includes(name)));
}

function minutes(time: string | undefined, otherwise: number): number {
  if (time === undefined) return otherwise;
  const [hour, minute] = time.split(":").map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}
