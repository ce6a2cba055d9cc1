// JSON Schemas of what crosses the admin API; api.ts has the same as TypeScript types for clients. Flow documents
// are only looked at as objects here: what is in them is the flow check's business.
import { Type } from "@millrace/sdk";
import type { FlowDocument, LayoutDocument, Problem } from "./api.ts";

const strict = { additionalProperties: false } as const;
const Attributes = Type.Record(Type.String(), Type.String(), { description: "Text by name." });
const Anything = Type.Unknown({ description: "Any JSON." });
const Time = Type.Integer({ description: "Milliseconds since the epoch." });
const Schema = Type.Unknown({ description: "A JSON Schema." });

const Flow = Type.Unsafe<FlowDocument>({ type: "object", description: "The flow document." });
const Layout = Type.Unsafe<LayoutDocument>({
  type: "object",
  description: "Where things stand on the canvas.",
});
const Files = Type.Record(Type.String(), Type.String(), { description: "Text of each $file, by its path." });

export const DeployBody = Type.Object(
  {
    flow: Flow,
    layout: Type.Optional(Layout),
    files: Type.Optional(Files),
    baseRevision: Type.Optional(
      Type.Integer({ minimum: 0, description: "The revision the change was made on; 0 for a new flow." }),
    ),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  strict,
);

export const InjectBody = Type.Object(
  {
    port: Type.Optional(Type.String({ maxLength: 200 })),
    payload: Type.Optional(Anything),
    attributes: Type.Optional(Attributes),
  },
  strict,
);

const Publishing = Type.Object({ payload: Anything, attributes: Type.Optional(Attributes) }, strict);

export const PublishBody = Type.Object(
  {
    payload: Type.Optional(Anything),
    attributes: Type.Optional(Attributes),
    messages: Type.Optional(Type.Array(Publishing, { minItems: 1, maxItems: 10_000 })),
  },
  { ...strict, description: "Either payload and attributes of one message, or messages." },
);

const EntryIds = Type.Union(
  [Type.Literal("all"), Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 1000 })],
  { description: 'Entries as the list names them, or "all".' },
);
export const RetryBody = Type.Object(
  {
    ids: EntryIds,
    payload: Type.Optional(Type.Unknown({ description: "Replaces the payload of a single message." })),
  },
  strict,
);
export const DiscardBody = Type.Object({ ids: EntryIds }, strict);
export const ReplayBody = Type.Object(
  {
    from: Type.String({ maxLength: 100, description: "Entry to begin with; 0 is the oldest." }),
    to: Type.String({ maxLength: 100, description: "Entry to end with." }),
    group: Type.Optional(Type.String({ maxLength: 300, description: "Only for the node of this id." })),
  },
  strict,
);
export const CountAnswer = Type.Object({ count: Type.Integer({ description: "Messages it concerned." }) });

export const RollbackBody = Type.Object({ revision: Type.Integer({ minimum: 1 }) }, strict);
export const LoginBody = Type.Object({ token: Type.String({ maxLength: 1000 }) }, strict);

export const Nothing = Type.Object({});
export const ProblemSchema = Type.Unsafe<Problem>(
  Type.Object({
    severity: Type.Enum(["error", "warning"]),
    code: Type.String(),
    message: Type.String(),
    path: Type.String({ description: "JSON Pointer into the flow." }),
    node: Type.Optional(Type.String()),
    file: Type.Optional(Type.String()),
    line: Type.Optional(Type.Integer()),
    column: Type.Optional(Type.Integer()),
  }),
);
export const ValidateAnswer = Type.Object({ problems: Type.Array(ProblemSchema) });

export const FlowSummarySchema = Type.Object({
  name: Type.String(),
  title: Type.String(),
  revision: Type.Integer(),
  state: Type.Enum(["running", "stopped", "invalid"]),
  nodes: Type.Integer(),
  problems: Type.Integer(),
});
export const FlowDetailSchema = Type.Object({
  name: Type.String(),
  revision: Type.Integer(),
  flow: Flow,
  layout: Layout,
  files: Files,
});
export const DeployAnswer = Type.Object({
  revision: Type.Integer(),
  started: Type.Array(Type.String()),
  stopped: Type.Array(Type.String()),
  kept: Type.Array(Type.String()),
  problems: Type.Array(ProblemSchema),
});
export const RevisionSchema = Type.Object({
  revision: Type.Integer(),
  time: Time,
  author: Type.String(),
  note: Type.String(),
});

export const NodeDetailSchema = Type.Object({
  id: Type.String(),
  type: Type.String(),
  title: Type.String(),
  state: Type.Enum(["created", "starting", "running", "draining", "stopped", "failed"]),
  status: Type.Object({
    text: Type.String(),
    level: Type.Enum(["idle", "info", "ok", "warning", "error"]),
  }),
  startedAt: Type.Union([Time, Type.Null()]),
  counts: Type.Object({
    received: Type.Integer(),
    settled: Type.Integer(),
    failed: Type.Integer(),
    retried: Type.Integer(),
    emitted: Type.Integer(),
  }),
  errors: Type.Array(
    Type.Object({ time: Time, message: Type.String(), stack: Type.Optional(Type.String()) }),
  ),
});
export const NodeTypeSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  summary: Type.String(),
  category: Type.String(),
  icon: Type.String(),
  color: Type.String(),
  config: Schema,
  inputs: Type.Record(Type.String(), Schema),
  outputs: Type.Record(Type.String(), Schema),
  outputsFrom: Type.Array(Type.String()),
  openOutputs: Type.Boolean(),
  source: Type.Boolean(),
  package: Type.String(),
  version: Type.String(),
  docs: Type.String(),
});

export const TopicDetailSchema = Type.Object({
  delivery: Type.Enum(["memory", "pubsub", "stream"]),
  length: Type.Integer(),
  groups: Type.Array(
    Type.Object({
      node: Type.String(),
      waiting: Type.Integer(),
      pending: Type.Integer(),
      lag: Type.Integer(),
    }),
  ),
  rate: Type.Number(),
  dropped: Type.Integer(),
  voided: Type.Integer(),
  handled: Type.Array(
    Type.Object({
      node: Type.String(),
      taken: Type.Integer(),
      redelivered: Type.Integer(),
      claimed: Type.Integer(),
      retried: Type.Integer(),
      committed: Type.Integer(),
      fenced: Type.Integer(),
      undone: Type.Integer(),
      abandoned: Type.Integer(),
      deferred: Type.Integer(),
      deadLettered: Type.Integer(),
      discarded: Type.Integer(),
      unreadable: Type.Integer(),
      crashed: Type.Integer(),
    }),
  ),
});
export const TopicMessagesSchema = Type.Object({
  messages: Type.Array(
    Type.Object({
      entry: Type.String(),
      id: Type.String(),
      time: Time,
      source: Type.String(),
      correlationId: Type.String(),
      attributes: Attributes,
      attempt: Type.Integer(),
      payload: Anything,
    }),
  ),
  next: Type.Union([Type.String(), Type.Null()]),
});
export const PublishAnswer = Type.Object({ ids: Type.Array(Type.String()) });

export const EngineSchema = Type.Object({
  id: Type.String(),
  version: Type.String(),
  host: Type.String(),
  pid: Type.Integer(),
  startedAt: Time,
  flows: Type.Array(Type.String()),
  self: Type.Boolean(),
});
export const HealthSchema = Type.Object({
  status: Type.Enum(["healthy", "error"]),
  time: Time,
  components: Type.Array(Type.Object({ name: Type.String(), healthy: Type.Boolean(), text: Type.String() })),
});
export const DoctorSchema = Type.Object({
  status: Type.Enum(["sound", "violated"]),
  time: Time,
  findings: Type.Array(
    Type.Object({
      check: Type.String(),
      level: Type.Enum(["ok", "warning", "violated"]),
      text: Type.String(),
      items: Type.Array(Type.String()),
    }),
  ),
});
export const ReadySchema = Type.Object({ ready: Type.Boolean(), text: Type.String() });
export const MeSchema = Type.Object({ name: Type.String(), role: Type.Literal("admin") });
export const ErrorSchema = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String() }),
});
