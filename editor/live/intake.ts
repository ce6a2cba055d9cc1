// Gathers live events and hands them to the store in one write per frame, however many there were.
import type {
  DebugEvent,
  LeftOutEvent,
  LogLineEvent,
  NodeStatusEvent,
  TopicMessageEvent,
  TopicStatsEvent,
} from "../../engine/admin/api.ts";
import {
  DEBUG_LIMIT,
  type LiveState,
  type LiveStore,
  LOG_LIMIT,
  liveKey,
  type Numbered,
  TAP_LIMIT,
} from "./store.ts";

export interface Intake {
  status(event: NodeStatusEvent): void;
  stats(event: TopicStatsEvent): void;
  debug(event: DebugEvent): void;
  message(event: TopicMessageEvent): void;
  log(event: LogLineEvent): void;
  leftOut(event: LeftOutEvent): void;
}

/** `schedule` runs the given function soon: once per frame in the browser. */
export function createIntake(live: LiveStore, schedule: (flush: () => void) => void): Intake {
  let serial = 0;
  let waiting: ((state: LiveState) => LiveState)[] = [];
  let debug: Numbered<DebugEvent>[] = [];
  let log: Numbered<LogLineEvent>[] = [];
  const taps = new Map<string, Numbered<TopicMessageEvent>[]>();

  const flush = () => {
    const changes = waiting;
    waiting = [];
    live.setState((state) => changes.reduce((result, change) => change(result), state));
  };
  const add = (change: (state: LiveState) => LiveState) => {
    if (waiting.length === 0) schedule(flush);
    waiting.push(change);
  };
  const numbered = <T extends object>(event: T): Numbered<T> => {
    serial += 1;
    return { ...event, serial };
  };

  return {
    status: (event) =>
      add((state) => ({ ...state, nodes: { ...state.nodes, [liveKey(event.flow, event.node)]: event } })),
    stats: (event) =>
      add((state) => {
        const topics = { ...state.topics };
        for (const { topic, ...stats } of event.topics) topics[liveKey(event.flow, topic)] = stats;
        const counts = { ...state.counts };
        for (const { node, ...count } of event.nodes) counts[liveKey(event.flow, node)] = count;
        return { ...state, topics, counts };
      }),
    debug: (event) => {
      debug.push(numbered(event));
      if (debug.length === 1)
        add((state) => {
          const entries = debug;
          debug = [];
          return { ...state, debug: [...state.debug, ...entries].slice(-DEBUG_LIMIT) };
        });
      else if (debug.length > DEBUG_LIMIT) debug.shift();
    },
    message: (event) => {
      const key = liveKey(event.flow, event.topic);
      const gathered = taps.get(key) ?? [];
      gathered.push(numbered(event));
      if (gathered.length > TAP_LIMIT) gathered.shift();
      if (taps.has(key)) return;
      taps.set(key, gathered);
      add((state) => {
        taps.delete(key);
        return {
          ...state,
          taps: { ...state.taps, [key]: [...(state.taps[key] ?? []), ...gathered].slice(-TAP_LIMIT) },
        };
      });
    },
    log: (event) => {
      log.push(numbered(event));
      if (log.length === 1)
        add((state) => {
          const entries = log;
          log = [];
          return { ...state, log: [...state.log, ...entries].slice(-LOG_LIMIT) };
        });
      else if (log.length > LOG_LIMIT) log.shift();
    },
    leftOut: (event) =>
      add((state) => ({
        ...state,
        leftOut: { ...state.leftOut, [event.room]: (state.leftOut[event.room] ?? 0) + event.count },
      })),
  };
}
