// Whether a value may pass, given the one before it. Pure: the filter node keeps the memory.
import { Failure } from "@millrace/sdk";
import { asNumber, equals } from "../value/compare.ts";

export interface BandConfig {
  readonly mode: "changes" | "dead-band" | "narrow-band";
  readonly band: number;
  readonly unit: "absolute" | "percent";
  readonly inclusive: boolean;
}

/** True when `value` passes after `previous`. Bands need numbers: other values throw. */
export function passes(config: BandConfig, value: unknown, previous: unknown): boolean {
  if (config.mode === "changes") return !equals(value, previous);
  const [now, before] = [numberIn(value), numberIn(previous)];
  const width = config.unit === "percent" ? Math.abs((before * config.band) / 100) : config.band;
  const change = Math.abs(now - before);
  if (config.mode === "dead-band") return config.inclusive ? change >= width : change > width;
  return config.inclusive ? change <= width : change < width;
}

/** The number in a value; in a text such as `21.5 °C`, the one it begins with. */
export function numberIn(value: unknown): number {
  const number = typeof value === "string" ? Number.parseFloat(value) : asNumber(value);
  if (Number.isNaN(number)) {
    throw new Failure(`"${shown(value)}" is not a number. Bands compare numbers: name one in "path".`, {
      code: "filter/not-a-number",
      retry: false,
    });
  }
  return number;
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? value.slice(0, 100)
    : (JSON.stringify(value)?.slice(0, 100) ?? "undefined");
}
