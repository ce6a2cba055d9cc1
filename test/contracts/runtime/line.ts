// The flow of most tests: a driver, the stream "input", a node of the test, the stream "output", a collector.
import type { AnyNodeDefinition } from "@millrace/sdk";
import type { Backend } from "../../../engine/backend/backend.ts";
import type { FlowDocument, TopicDocument } from "../../../engine/flow/document.ts";
import { collector, driver, type FlowRunner, flowRunner } from "../../support/flow-runner.ts";

export const STREAM = { delivery: "stream" } as const;

/** `input` says more of the topic "input"; the node of the test is of type "work". */
export function lineFlow(input: TopicDocument = {}) {
  return {
    topics: { input: { ...STREAM, ...input }, output: STREAM },
    nodes: {
      source: { type: "driver", outputs: { out: ["input"] } },
      work: { type: "work", inputs: { in: ["input"] }, outputs: { out: ["output"] } },
      sink: { type: "collector", inputs: { in: ["output"] } },
    },
  } satisfies FlowDocument;
}

export interface Line extends FlowRunner {
  readonly source: ReturnType<typeof driver>;
  readonly sink: ReturnType<typeof collector>;
}

/** Runs it, on a backend of its own. */
export async function line(
  open: () => Promise<Backend>,
  work: AnyNodeDefinition,
  document: FlowDocument = lineFlow(),
): Promise<Line> {
  const backend = await open();
  const [source, sink] = [driver(), collector()];
  const flow = flowRunner({ backend, definitions: [source.definition, sink.definition, work] });
  await flow.deploy(document);
  return {
    ...flow,
    source,
    sink,
    async [Symbol.asyncDispose]() {
      await flow[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}
