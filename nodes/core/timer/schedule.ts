// When a timer is due. A schedule is pure: it maps a time to the next one.
import { Failure, type NodeContext, parseDuration } from "@millrace/sdk";
import type { TimerConfig } from "./config.ts";
import { ZoneClock } from "./local-time.ts";

export interface Schedule {
  /** The first due time after `time`; undefined when there is none. */
  next(time: number): number | undefined;
  /** True when due times follow the wall clock, false when they count from the start. */
  readonly wall: boolean;
}

/**
 * The schedule of a config; undefined when it says none (a button only). `anchor` is the time that intervals count
 * from. Throws a Failure when the config says two things at once.
 */
export function scheduleOf(
  config: Pick<TimerConfig, "every" | "at" | "cron" | "timezone">,
  anchor: number,
  nextCron: NodeContext["nextCron"],
): Schedule | undefined {
  const given = (["every", "at", "cron"] as const).filter((name) => config[name] !== undefined);
  if (given.length > 1) {
    throw new Failure(`"${given.join('" and "')}" are set together. Keep one of them.`, {
      code: "timer/two-schedules",
      retry: false,
    });
  }
  const { every, at, cron, timezone } = config;
  if (every !== undefined) return intervals(every, anchor);
  if (at !== undefined) {
    const time = new ZoneClock(timezone).parse(at);
    if (Number.isNaN(time)) throw badTime(at);
    return { wall: true, next: (after) => (time > after ? time : undefined) };
  }
  if (cron === undefined) return undefined;
  const zone = timezone === undefined ? {} : { timezone };
  const next = (after: number) => nextCron(cron, { ...zone, from: new Date(after), count: 1 })[0]?.getTime();
  next(anchor);
  return { wall: true, next };
}

/** Due times after `from` up to `until`, oldest first, at most `limit`. */
export function dueBetween(schedule: Schedule, from: number, until: number, limit: number): number[] {
  const due: number[] = [];
  let time = schedule.next(from);
  while (time !== undefined && time <= until && due.length < limit) {
    due.push(time);
    time = schedule.next(time);
  }
  return due;
}

function intervals(every: string, anchor: number): Schedule {
  const interval = parseDuration(every);
  if (interval < 1) {
    throw new Failure(`"${every}" is too short. Use at least "1ms".`, {
      code: "timer/too-short",
      retry: false,
    });
  }
  const next = (time: number) => {
    const passed = Math.max(0, Math.floor((time - anchor) / interval));
    const due = anchor + (passed + 1) * interval;
    return due > time ? due : due + interval;
  };
  return { wall: false, next };
}

function badTime(at: string): Failure {
  return new Failure(`"${at}" is not a time. Write for example "2030-12-31T23:59:00Z".`, {
    code: "timer/bad-time",
    retry: false,
  });
}
