// One node on the canvas: icon, title, ports, state and status. It reads its own part of the stores only.

import { IconAlertTriangle, IconPlayerPlayFilled } from "@tabler/icons-react";
import type { NodeProps } from "@xyflow/react";
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { NodeDocument } from "../../engine/admin/api.ts";
import { HEADER_HEIGHT, ROWS_PADDING } from "../document/canvas.ts";
import { equal } from "../document/changes.ts";
import { own } from "../document/draft.ts";
import { ERROR_PORT, portsOf } from "../document/ports.ts";
import { problemCounts } from "../document/problems.ts";
import { typeInfo } from "../document/types.ts";
import { useCatalogue, useDocument, useLive } from "../editor.ts";
import { liveKey } from "../live/store.ts";
import { iconOf } from "../palette/icons.ts";
import { toneOf } from "../palette/tones.ts";
import { useLink } from "./canvas-context.ts";
import type { NodeElement } from "./elements.ts";
import style from "./node.module.css";
import { ErrorPort, PortRow } from "./PortRow.tsx";
import { useInject } from "./use-inject.ts";

export const FlowNode = memo(function FlowNode({ data, selected }: NodeProps<NodeElement>) {
  const node = useDocument((open) => own(open.draft.flow.nodes, data.id));
  return node ? <Body id={data.id} node={node} selected={selected} /> : null;
});

function Body({
  id,
  node,
  selected,
}: {
  readonly id: string;
  readonly node: NodeDocument;
  readonly selected: boolean;
}) {
  const { t } = useTranslation();
  const flow = useDocument((open) => open.name);
  const scripted = useDocument((open) => own(open.draft.flow.types, node.type));
  const types = useCatalogue((state) => state.types);
  const loaded = useCatalogue((state) => state.loaded);
  const changed = useDocument(
    (open) => !equal(own(open.deployed.flow.nodes, id), own(open.draft.flow.nodes, id)),
  );
  const problems = useDocument((open) => countsOf(open.problems).get(`node:${id}`));
  const status = useLive((live) => live.nodes[liveKey(flow, id)]);
  const linking = useLink((state) => state.origin !== null);
  const fits = useLink((state) => {
    const verdict = state.verdicts?.get(id);
    return verdict !== undefined && Object.values({ ...verdict.inputs, ...verdict.outputs }).includes(null);
  });
  const info = useMemo(
    () => typeInfo(types, scripted ? { types: { [node.type]: scripted } } : {}, node.type),
    [types, scripted, node.type],
  );
  const ports = useMemo(() => portsOf(node, info), [node, info]);
  const broken = loaded && info === undefined;
  const title = node.title ?? info?.title ?? node.type;
  const Icon = broken ? IconAlertTriangle : iconOf(info?.icon);
  const state = node.disabled ? "disabled" : (status?.state ?? "none");
  const stateText = node.disabled ? t("canvas.disabled") : t(`canvas.state.${status?.state ?? "none"}`);
  const trouble = broken || state === "failed" || (problems?.errors ?? 0) > 0;

  return (
    <div
      className={style.node}
      data-testid={`node-${id}`}
      data-selected={selected}
      data-trouble={trouble}
      data-broken={broken}
      data-disabled={node.disabled === true}
      data-state={state}
      data-faded={linking && !fits}
      style={
        { "--tone": broken ? "var(--mr-error)" : toneOf(info?.color, info?.category) } as React.CSSProperties
      }
    >
      <div className={style.header} style={{ height: HEADER_HEIGHT }}>
        <span className={style.icon} aria-hidden>
          <Icon size={15} stroke={1.8} />
        </span>
        <span className={style.title} title={title}>
          {title}
        </span>
        {problems !== undefined && (
          <span
            className={style.problems}
            data-severity={problems.errors > 0 ? "error" : "warning"}
            role="img"
            aria-label={t("canvas.problems", { count: problems.errors + problems.warnings })}
          >
            {problems.errors + problems.warnings}
          </span>
        )}
        {changed && <span className={style.changed} role="img" aria-label={t("canvas.changed")} />}
        <span
          className={style.state}
          data-state={state}
          role="img"
          aria-label={stateText}
          title={stateText}
        />
      </div>
      <div className={style.ports} style={{ paddingBlock: ROWS_PADDING / 2 }}>
        <div>
          {ports.inputs.map((port) => (
            <PortRow key={port.name} node={id} title={title} port={port} side="in" />
          ))}
        </div>
        <div>
          {ports.outputs.map((port) => (
            <PortRow key={port.name} node={id} title={title} port={port} side="out" />
          ))}
        </div>
      </div>
      <ErrorPort node={id} title={title} wired={(node.outputs?.[ERROR_PORT]?.length ?? 0) > 0} />
      {info?.source && <InjectButton id={id} title={title} />}
      <StatusLine
        text={broken ? t("canvas.unknownType", { type: node.type }) : (status?.text ?? "")}
        level={broken || state === "failed" ? "error" : (status?.level ?? "idle")}
      />
    </div>
  );
}

function InjectButton({ id, title }: { readonly id: string; readonly title: string }) {
  const { t } = useTranslation();
  const inject = useInject();
  return (
    <button
      type="button"
      className={`${style.inject} nodrag nopan`}
      aria-label={t("canvas.inject", { title })}
      title={t("canvas.inject", { title })}
      data-testid={`inject-${id}`}
      onClick={(event) => {
        event.stopPropagation();
        void inject(id, title);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <IconPlayerPlayFilled size={11} aria-hidden />
    </button>
  );
}

function StatusLine({ text, level }: { readonly text: string; readonly level: string }) {
  if (text === "") return null;
  return (
    <div className={style.status} data-level={level} title={text}>
      <span className={style.statusDot} />
      <span className={style.statusText}>{text}</span>
    </div>
  );
}

const counted = new WeakMap<object, ReturnType<typeof problemCounts>>();

/** The counts of a list of problems, once per list. */
function countsOf(problems: Parameters<typeof problemCounts>[0]): ReturnType<typeof problemCounts> {
  const known = counted.get(problems);
  if (known) return known;
  const counts = problemCounts(problems);
  counted.set(problems, counts);
  return counts;
}
