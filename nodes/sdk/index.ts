// All that a node author sees: define a node, its ports and config, and what the engine hands it.

export type { Clock, ClockTimer } from "./clock.ts";
export type {
  ContextState,
  EmitOptions,
  NodeContext,
  NodeFailure,
  NodeSelector,
  NodeShards,
  NodeStatusEvent,
  Once,
  ShardsChange,
  StateScope,
  StatusLevel,
  TimerOptions,
} from "./context.ts";
export type {
  AnyNodeDefinition,
  BatchHandler,
  Handler,
  Handlers,
  Health,
  NodeDefinition,
  PortSchemas,
  Running,
} from "./definition.ts";
export { defineNode, RESERVED_PORTS } from "./definition.ts";
export { Duration, formatDuration, parseDuration } from "./duration.ts";
export { Failure } from "./failure.ts";
export type { HttpAnswer, HttpCall, HttpPower, HttpRoute } from "./http.ts";
export type { Delivery, Message } from "./message.ts";
export { getPath, parsePath, setPath } from "./path.ts";
export { type Static, type TSchema, Type, type Widget } from "./schema.ts";
export type {
  LoadedScript,
  ScriptEffects,
  ScriptMessage,
  ScriptOutcome,
  ScriptPower,
  ScriptSource,
} from "./scripts.ts";
