// The core node library. A package of nodes like anyone's: its default export is the list of its types.
import type { AnyNodeDefinition } from "@millrace/sdk";
import catchNode from "./catch.ts";
import change from "./change.ts";
import debug from "./debug.ts";
import delay from "./delay.ts";
import filter from "./filter.ts";
import join from "./join.ts";
import publish from "./publish.ts";
import script from "./script.ts";
import split from "./split.ts";
import status from "./status.ts";
import subscribe from "./subscribe.ts";
import switchNode from "./switch.ts";
import template from "./template.ts";
import timer from "./timer.ts";

export { type ScriptedType, scriptedDefinition } from "./script/definition.ts";

const definitions: readonly AnyNodeDefinition[] = [
  timer,
  script,
  switchNode,
  change,
  template,
  filter,
  delay,
  split,
  join,
  debug,
  catchNode,
  status,
  publish,
  subscribe,
];

export default definitions;
