// Drawing wires: which ports fit is decided when a wire begins; a refused end says why, and one in the empty asks
// for a node that fits.
import { notifications } from "@mantine/notifications";
import type {
  Connection,
  IsValidConnection,
  OnConnect,
  OnConnectEnd,
  OnConnectStart,
  OnReconnect,
} from "@xyflow/react";
import { useReactFlow } from "@xyflow/react";
import { useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Command, connect, connectTopic, removeWires, together } from "../document/commands.ts";
import { type LinkOrigin, topicVerdict, verdicts } from "../document/linking.ts";
import { parseWireId } from "../document/wires.ts";
import { useEditor } from "../editor.ts";
import { LinkContext } from "./canvas-context.ts";
import { type End, endOf, type WireElement } from "./elements.ts";
import type { QuickAddPlace } from "./QuickAdd.tsx";

export interface Linking {
  readonly onConnect: OnConnect;
  readonly onConnectStart: OnConnectStart;
  readonly onConnectEnd: OnConnectEnd;
  readonly onReconnect: OnReconnect<WireElement>;
  readonly isValidConnection: IsValidConnection<WireElement>;
}

export function useLinking(askForNode: (place: QuickAddPlace) => void): Linking {
  const { t } = useTranslation();
  const { document, catalogue } = useEditor();
  const link = useContext(LinkContext);
  const { screenToFlowPosition } = useReactFlow();

  return useMemo(() => {
    const refusal = (end: End, incoming: boolean): string | null => {
      const { origin, verdicts: known } = link?.getState() ?? {};
      if (!origin) return null;
      if (end.kind === "topic") {
        return topicVerdict(document.current().draft, catalogue.state.getState().types, origin, end.topic);
      }
      const found = known?.get(end.ref.node)?.[incoming ? "inputs" : "outputs"][end.ref.port];
      return found === undefined ? "" : found;
    };

    return {
      onConnectStart: (_, { nodeId, handleId, handleType }) => {
        const end = nodeId === null ? null : endOf(nodeId, handleId);
        if (!end || !link) return;
        const origin = originOf(end, handleType === "source");
        const types = catalogue.state.getState().types;
        link.setState({ origin, verdicts: verdicts(document.current().draft, types, origin) });
      },
      isValidConnection: (wire) => {
        const origin = link?.getState().origin;
        if (!origin) return true;
        const forward = origin.kind === "output" || origin.kind === "topic-reader";
        const end = forward ? endOf(wire.target, wire.targetHandle) : endOf(wire.source, wire.sourceHandle);
        return end !== null && refusal(end, forward) === null;
      },
      onConnect: (wire) => {
        const command = wireCommand(wire);
        if (command) document.dispatch(command);
      },
      onReconnect: (old, wire) => {
        const command = wireCommand(wire);
        if (command) document.dispatch(together("Move wire", [removeWires([parseWireId(old.id)]), command]));
      },
      onConnectEnd: (event, state) => {
        const origin = link?.getState().origin ?? null;
        if (origin && state.toHandle && !state.isValid) {
          const end = endOf(state.toHandle.nodeId, state.toHandle.id);
          const reason = end ? refusal(end, state.toHandle.type === "target") : null;
          if (reason) notifications.show({ title: t("canvas.refused"), message: reason, color: "orange" });
        } else if (origin && !state.toNode && event.target instanceof Element) {
          if (event.target.classList.contains("react-flow__pane")) {
            const screen = placeOf(event);
            askForNode({ screen, at: screenToFlowPosition(screen), origin });
          }
        }
        link?.setState({ origin: null, verdicts: null });
      },
    };
  }, [askForNode, catalogue, document, link, screenToFlowPosition, t]);
}

/** What a wire from one end to another means, or null. */
function wireCommand(wire: Connection): Command | null {
  const from = endOf(wire.source, wire.sourceHandle);
  const to = endOf(wire.target, wire.targetHandle);
  if (from?.kind === "port" && to?.kind === "port") return connect(from.ref, to.ref);
  if (from?.kind === "port" && to?.kind === "topic") return connectTopic(to.topic, { from: from.ref });
  if (from?.kind === "topic" && to?.kind === "port") return connectTopic(from.topic, { to: to.ref });
  return null;
}

function originOf(end: End, source: boolean): LinkOrigin {
  if (end.kind === "topic") return { kind: source ? "topic-reader" : "topic-emitter", topic: end.topic };
  return { kind: source ? "output" : "input", ref: end.ref };
}

function placeOf(event: MouseEvent | TouchEvent): { x: number; y: number } {
  const point = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: point?.clientX ?? 0, y: point?.clientY ?? 0 };
}
