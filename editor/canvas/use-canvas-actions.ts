// What can be done on the canvas, by pointer, key or button: each becomes one command.
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { type Canvas, freeSpot, nodeSize, pillSize } from "../document/canvas.ts";
import {
  addNode,
  addTopic,
  type Command,
  connect,
  connectTopic,
  moveItems,
  placeAll,
  removeItems,
  setNode,
  splice,
  together,
} from "../document/commands.ts";
import { nodeOf, type Position, topicOf } from "../document/draft.ts";
import { fittingPort, type LinkOrigin } from "../document/linking.ts";
import { freeNodeId } from "../document/naming.ts";
import { portsOf } from "../document/ports.ts";
import { typeInfo } from "../document/types.ts";
import { isShared, parseWireId } from "../document/wires.ts";
import { useEditor } from "../editor.ts";
import { arrange } from "./arrange.ts";
import { wireAt } from "./DropTarget.tsx";
import type { CanvasElement } from "./elements.ts";

/** Everything in view, with room for the tools in the corner. */
export const WHOLE = {
  padding: { top: "32px", right: "40px", bottom: "48px", left: "72px" },
  maxZoom: 1,
  minZoom: 0.15,
} as const;

export interface CanvasActions {
  /** Adds a node of a type; `origin` wires it to what a wire was drawn from, `wire` puts it into one. */
  addAt(
    type: string,
    at: Position,
    options?: { readonly origin?: LinkOrigin | null; readonly wire?: string | null },
  ): void;
  /** Adds a topic's pill, or wires an existing or new topic to what a wire was drawn from. */
  addTopicAt(name: string, at: Position, origin: LinkOrigin | null): void;
  addInView(type: string): void;
  removeSelected(): void;
  toggleSelected(): void;
  selectAll(): void;
  selectNothing(): void;
  /** Arranges what is selected, when several are; otherwise everything. */
  arrange(): Promise<void>;
  fit(): void;
  zoom(direction: 1 | -1): void;
  /** A lone node that was dropped on a wire becomes part of it. */
  spliceDropped(event: MouseEvent | TouchEvent | React.MouseEvent, element: CanvasElement): void;
}

export function useCanvasActions(canvas: Canvas): CanvasActions {
  const { document, catalogue } = useEditor();
  const flow = useReactFlow();
  const store = useStoreApi();
  const latest = useRef(canvas);
  latest.current = canvas;

  return useMemo(() => {
    const infoOf = (type: string) =>
      typeInfo(catalogue.state.getState().types, document.current().draft.flow, type);

    const addAt: CanvasActions["addAt"] = (type, at, options = {}) => {
      const { draft } = document.current();
      const info = infoOf(type);
      const id = freeNodeId(draft.flow, type);
      const ports = portsOf({ type }, info);
      const size = nodeSize(ports);
      const commands: Command[] = [addNode(id, { type }, freeSpot(latest.current, at, size))];
      const port =
        options.origin && info
          ? fittingPort(draft, catalogue.state.getState().types, options.origin, info)
          : null;
      if (options.origin && port !== null) commands.push(linkTo(options.origin, { node: id, port }));
      const [input, output] = [ports.inputs[0], ports.outputs[0]];
      const wire = options.wire ? parseWireId(options.wire) : null;
      if (wire?.to && input && output) commands.push(splice(wire, id, input.name, output.name));
      document.dispatch(together(`Add ${info?.title ?? type}`, commands));
      document.select({ nodes: [id] });
    };

    return {
      addAt,
      addTopicAt: (name, at, origin) => {
        const commands: Command[] = [];
        if (topicOf(document.current().draft, name) === undefined) {
          // A shared topic that stays inside one engine would be of little use.
          const topic = isShared(name) ? ({ delivery: "pubsub" } as const) : {};
          commands.push(addTopic(name, topic, freeSpot(latest.current, at, pillSize(name))));
        }
        if (origin?.kind === "output") commands.push(connectTopic(name, { from: origin.ref }));
        if (origin?.kind === "input") commands.push(connectTopic(name, { to: origin.ref }));
        if (commands.length === 0) return document.reveal({ topic: name });
        document.dispatch(together(`Add topic ${name}`, commands));
        document.select({ topics: [name] });
      },
      addInView: (type) => {
        const { width, height } = store.getState();
        const box = store.getState().domNode?.getBoundingClientRect();
        const middle = { x: (box?.left ?? 0) + width / 2 - 98, y: (box?.top ?? 0) + height / 2 - 32 };
        addAt(type, flow.screenToFlowPosition(middle));
      },
      removeSelected: () => {
        const { selection } = document.current();
        if (selection.nodes.length + selection.topics.length + selection.wires.length === 0) return;
        document.dispatch(removeItems(selection));
        document.select({});
      },
      toggleSelected: () => {
        const { selection, draft } = document.current();
        const nodes = selection.nodes.flatMap((id) => nodeOf(draft, id) ?? []);
        if (nodes.length === 0) return;
        const disable = nodes.some((node) => !node.disabled);
        const commands = selection.nodes.map((id) => setNode(id, { disabled: disable ? true : undefined }));
        document.dispatch(together(disable ? "Disable" : "Enable", commands));
      },
      selectAll: () =>
        document.select({
          nodes: latest.current.nodes.map((node) => node.id),
          topics: latest.current.pills.map((pill) => pill.topic),
        }),
      selectNothing: () => document.select({}),
      arrange: async () => {
        const { nodes, topics } = document.current().selection;
        const several = nodes.length + topics.length > 1;
        const only = several
          ? new Set([...nodes.map((id) => `node:${id}`), ...topics.map((name) => `topic:${name}`)])
          : undefined;
        if (latest.current.nodes.length + latest.current.pills.length === 0) return;
        const placement = await arrange(latest.current, only);
        document.dispatch(several ? moveItems(placement) : placeAll(placement));
        if (!several) setTimeout(() => void flow.fitView({ ...WHOLE, duration: 250 }));
      },
      fit: () => void flow.fitView({ ...WHOLE, duration: 200 }),
      zoom: (direction) =>
        void (direction > 0 ? flow.zoomIn({ duration: 120 }) : flow.zoomOut({ duration: 120 })),
      spliceDropped: (event, element) => {
        if (element.type !== "node" || !("clientX" in event)) return;
        const id = element.data.id;
        const node = nodeOf(document.current().draft, id);
        const wire = wireAt({ x: event.clientX, y: event.clientY });
        if (!node || wire === null || node.inputs || node.outputs) return;
        const ports = portsOf(node, infoOf(node.type));
        const [input, output] = [ports.inputs[0], ports.outputs[0]];
        if (input && output) document.dispatch(splice(parseWireId(wire), id, input.name, output.name));
      },
    };
  }, [catalogue, document, flow, store]);
}

function linkTo(origin: LinkOrigin, end: { node: string; port: string }): Command {
  switch (origin.kind) {
    case "output":
      return connect(origin.ref, end);
    case "input":
      return connect(end, origin.ref);
    case "topic-reader":
      return connectTopic(origin.topic, { to: end });
    case "topic-emitter":
      return connectTopic(origin.topic, { from: end });
  }
}
