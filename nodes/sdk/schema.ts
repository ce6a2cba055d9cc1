// JSON Schema for configs and ports, written with TypeBox. The keyword `x-widget` names the form control.

export { type Static, type TSchema, Type } from "typebox";

/**
 * Put `"x-widget": …` into a schema's options to choose how the editor lets a person enter the value.
 * `code` takes `"x-language"` beside it.
 */
export type Widget =
  | "code"
  | "cron"
  | "duration"
  | "expression"
  | "json"
  | "key-value"
  | "node"
  | "nodes"
  | "path"
  | "secret"
  | "text"
  | "topic";
