// The canvas of the open flow: what is on it comes from the document, what a person does to it becomes commands.

import { useComputedColorScheme } from "@mantine/core";
import {
  Background,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  type Viewport,
} from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { GRID, toCanvas } from "../document/canvas.ts";
import { useCatalogue, useDocument, useEditor, useShell } from "../editor.ts";
import { CanvasTools } from "./CanvasTools.tsx";
import style from "./canvas.module.css";
import { LinkContext } from "./canvas-context.ts";
import { DropTarget } from "./DropTarget.tsx";
import { FlowNode } from "./FlowNode.tsx";
import { createLinkStore } from "./link-store.ts";
import { OverviewMap } from "./OverviewMap.tsx";
import { QuickAdd, type QuickAddPlace } from "./QuickAdd.tsx";
import { TopicPill } from "./TopicPill.tsx";
import { TopicWire } from "./TopicWire.tsx";
import { useCanvasActions, WHOLE } from "./use-canvas-actions.ts";
import { useCanvasKeys } from "./use-canvas-keys.ts";
import { useClipboard } from "./use-clipboard.ts";
import { useElements } from "./use-elements.ts";
import { useFocus } from "./use-focus.ts";
import { useLinking } from "./use-linking.ts";

const NODE_TYPES = { node: FlowNode, topic: TopicPill };
const EDGE_TYPES = { wire: TopicWire };
/** A flow with more than this gets a mini-map without asking. */
const LARGE = 24;
/** Below this zoom only shapes and titles are drawn. */
const FAR = 0.4;

export function Canvas() {
  const { t } = useTranslation();
  const name = useDocument((open) => open.name);
  const [link] = useState(createLinkStore);
  const viewports = useRef(new Map<string, Viewport>());
  if (name === "") {
    return (
      <div className={style.nothing}>
        <strong>{t("canvas.noFlow")}</strong>
        {t("canvas.noFlowHint")}
      </div>
    );
  }
  return (
    <LinkContext.Provider value={link}>
      <ReactFlowProvider key={name}>
        <Board
          name={name}
          viewport={viewports.current.get(name)}
          onViewport={(viewport) => viewports.current.set(name, viewport)}
        />
      </ReactFlowProvider>
    </LinkContext.Provider>
  );
}

function Board(props: {
  readonly name: string;
  readonly viewport: Viewport | undefined;
  readonly onViewport: (viewport: Viewport) => void;
}) {
  const { t } = useTranslation();
  const { shell } = useEditor();
  const scheme = useComputedColorScheme("light");
  const flow = useDocument((open) => open.draft.flow);
  const layout = useDocument((open) => open.draft.layout);
  const types = useCatalogue((state) => state.types);
  const canvas = useMemo(() => toCanvas({ flow, layout, files: {} }, types), [flow, layout, types]);
  const { elements, wires, onNodesChange, onEdgesChange } = useElements(canvas);
  const actions = useCanvasActions(canvas);
  const [quickAdd, setQuickAdd] = useState<QuickAddPlace | null>(null);
  const linking = useLinking(setQuickAdd);
  const wrapper = useRef<HTMLElement>(null);
  const far = useStore((state) => state.transform[2] < FAR);
  const { screenToFlowPosition } = useReactFlow();
  useCanvasKeys(wrapper, actions, setQuickAdd);
  useClipboard(canvas, wrapper);
  useFocus(canvas);

  useEffect(() => {
    shell.setState({ addNode: actions.addInView });
    return () => shell.setState({ addNode: null });
  }, [shell, actions.addInView]);

  const mapChoice = useShell((state) => state.mapOpen);
  const mapOpen = mapChoice ?? canvas.nodes.length > LARGE;
  const empty = canvas.nodes.length === 0 && canvas.pills.length === 0;
  const start = props.viewport
    ? { defaultViewport: props.viewport }
    : { fitView: true, fitViewOptions: WHOLE };

  return (
    <section
      ref={wrapper}
      className={style.board}
      aria-label={t("canvas.label")}
      data-far={far}
      data-testid="canvas"
      onDoubleClick={(event) => {
        if (!(event.target instanceof Element) || !event.target.classList.contains("react-flow__pane"))
          return;
        const screen = { x: event.clientX, y: event.clientY };
        setQuickAdd({ screen, at: screenToFlowPosition(screen), origin: null });
      }}
    >
      <DropTarget onDrop={actions.addAt}>
        <ReactFlow
          nodes={elements}
          edges={wires}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDoubleClick={() => shell.setState({ inspectorOpen: true })}
          onPaneClick={actions.selectNothing}
          onNodeDragStop={actions.spliceDropped}
          {...linking}
          {...start}
          onMoveEnd={(_, viewport) => props.onViewport(viewport)}
          colorMode={scheme}
          snapToGrid
          snapGrid={[GRID, GRID]}
          minZoom={0.1}
          maxZoom={2}
          onlyRenderVisibleElements
          elevateEdgesOnSelect={false}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={["Shift", "Control", "Meta"]}
          connectionRadius={26}
          proOptions={{ hideAttribution: true }}
        >
          <Background gap={GRID * 3} size={1.4} color="var(--mr-canvas-dot)" />
          <CanvasTools actions={actions} mapOpen={mapOpen} />
          {mapOpen && (
            <Panel position="bottom-right">
              <OverviewMap canvas={canvas} scheme={scheme} />
            </Panel>
          )}
        </ReactFlow>
      </DropTarget>
      {empty && quickAdd === null && (
        <div className={style.empty}>
          <strong>{t("canvas.empty")}</strong>
          {t("canvas.emptyHint")}
        </div>
      )}
      {quickAdd && (
        <QuickAdd
          place={quickAdd}
          onClose={() => setQuickAdd(null)}
          onPick={(choice) => {
            const { at, origin } = quickAdd;
            if (choice.kind === "type") actions.addAt(choice.info.type, at, { origin });
            else actions.addTopicAt(choice.name, at, origin);
            setQuickAdd(null);
          }}
        />
      )}
    </section>
  );
}
