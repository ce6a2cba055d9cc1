// The flow that fault tests run: numbers come in durably, are counted and handed on through memory, and go out durably;
// beside it an effect outside, by a sink within the same delivery tree.
//
//   numbers (stream) -> work -> worked (memory) -> pass -> results (stream)
//                                              \-> sink -> a file
import { resolve } from "node:path";
import type { Durability } from "../../../engine/backend/backend.ts";
import type { FlowDocument, TopicDocument } from "../../../engine/flow/document.ts";

export interface FaultFlowOptions {
  /** Where the sink writes. */
  readonly outside: string;
  readonly busyMs?: number;
  readonly waitMs?: number;
  readonly counts?: boolean;
  /** The first attempt at every so many-th number fails. */
  readonly stumbles?: number;
  readonly version?: number;
  readonly sinkWaitMs?: number;
  /** Of what comes in and of what goes out. */
  readonly durability?: Durability;
  /** More of the `numbers` topic: partitions, limits. */
  readonly numbers?: TopicDocument;
  /** What runs beside it in the same flow. */
  readonly beside?: Pick<FlowDocument, "topics" | "nodes">;
}

export const KEPT = { messages: 100_000_000 };

export function faultFlow(options: FaultFlowOptions): FlowDocument {
  const { outside, busyMs, waitMs, counts, stumbles, version, sinkWaitMs, durability } = options;
  const given = (values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return {
    title: "Under fire",
    packages: [resolve(import.meta.dirname, "../../fault/nodes")],
    topics: {
      numbers: { delivery: "stream", retention: KEPT, ...given({ durability }), ...options.numbers },
      worked: {},
      results: { delivery: "stream", retention: KEPT, ...given({ durability }) },
      ...options.beside?.topics,
    },
    nodes: {
      work: {
        type: "fault-work",
        config: given({ busyMs, waitMs, counts, stumbles, version }),
        inputs: { in: ["numbers"] },
        outputs: { out: ["worked"] },
      },
      pass: { type: "fault-pass", inputs: { in: ["worked"] }, outputs: { out: ["results"] } },
      sink: {
        type: "fault-sink",
        config: given({ file: outside, waitMs: sinkWaitMs }),
        inputs: { in: ["worked"] },
      },
      ...options.beside?.nodes,
    },
  };
}

/** Of a `results` message. */
export interface Result {
  readonly number: number;
  readonly key: string;
  /** How many of its key were counted with it, itself included. */
  readonly total?: number;
  /** Above 1: an earlier delivery was interrupted. */
  readonly attempt: number;
}
