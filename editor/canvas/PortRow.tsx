// The ports of a node: where wires begin and end. While a wire is drawn, those that fit light up.
import { Handle, Position } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { ROW_HEIGHT } from "../document/canvas.ts";
import { ERROR_PORT, type Port } from "../document/ports.ts";
import { useLink } from "./canvas-context.ts";
import style from "./node.module.css";

/** One port with its name. */
export function PortRow(props: {
  readonly node: string;
  readonly title: string;
  readonly port: Port;
  readonly side: "in" | "out";
}) {
  const { t } = useTranslation();
  const { node, port, side, title } = props;
  const verdict = useLink((state) => {
    const found = state.verdicts?.get(node)?.[side === "in" ? "inputs" : "outputs"][port.name];
    return found === undefined ? "none" : found === null ? "fits" : "unfit";
  });
  return (
    <div className={style.port} data-side={side} data-known={port.known} style={{ height: ROW_HEIGHT }}>
      <Handle
        type={side === "in" ? "target" : "source"}
        position={side === "in" ? Position.Left : Position.Right}
        id={`${side}:${port.name}`}
        className={style.handle}
        data-verdict={verdict}
        data-testid={`port-${node}-${side}-${port.name}`}
        aria-label={t(side === "in" ? "canvas.input" : "canvas.output", { port: port.name, title })}
        role="img"
      />
      <span className={style.portName}>{port.name}</span>
    </div>
  );
}

/** The output that every node has for messages it gave up; seen on hover, and when it is wired. */
export function ErrorPort(props: { readonly node: string; readonly title: string; readonly wired: boolean }) {
  const { t } = useTranslation();
  const verdict = useLink((state) => {
    const found = state.verdicts?.get(props.node)?.outputs[ERROR_PORT];
    return found === undefined ? "none" : found === null ? "fits" : "unfit";
  });
  return (
    <Handle
      type="source"
      position={Position.Bottom}
      id={`out:${ERROR_PORT}`}
      className={style.errorPort}
      data-wired={props.wired}
      data-verdict={verdict}
      data-testid={`port-${props.node}-out-${ERROR_PORT}`}
      aria-label={t("canvas.output", { port: ERROR_PORT, title: props.title })}
      title={ERROR_PORT}
      role="img"
    />
  );
}
