// What a flow tells of itself while it runs: who watches (editor, logs, catch and status nodes) hears it here.
import type { NodeFailure, NodeSelector, NodeStatusEvent, StatusLevel } from "@millrace/sdk";

/** A node's life. Failed: its start failed, tried again after a while; its messages wait. */
export type NodeState = "created" | "starting" | "running" | "draining" | "stopped" | "failed";

export interface NodeCondition {
  readonly flow: string;
  readonly node: string;
  readonly state: NodeState;
  readonly text: string;
  readonly level: StatusLevel;
  readonly time: number;
}

export interface DebugValue {
  readonly flow: string;
  readonly node: string;
  readonly label: string;
  readonly time: number;
  readonly value: unknown;
  readonly message: { readonly id: string; readonly topic: string; readonly correlationId: string } | null;
}

/** Events only tell: nothing here waits for a listener. */
export interface FlowListener {
  condition?(condition: NodeCondition): void;
  debug?(value: DebugValue): void;
}

export type { NodeFailure, NodeSelector, NodeStatusEvent, StatusLevel };
