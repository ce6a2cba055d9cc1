// The head of a node: icon, title, type, whether it is enabled, what it says of itself now.
import { Switch, TextInput, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NodeDocument, NodeTypeInfo } from "../../engine/admin/api.ts";
import { setNode } from "../document/commands.ts";
import { useDocument, useEditor, useLive } from "../editor.ts";
import { liveKey } from "../live/store.ts";
import { TypeIcon } from "../palette/TypeIcon.tsx";
import classes from "./inspector.module.css";

interface NodeHeadProps {
  readonly id: string;
  readonly node: NodeDocument;
  readonly info: NodeTypeInfo | undefined;
}

export function NodeHead({ id, node, info }: NodeHeadProps) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const enabled = node.disabled !== true;
  return (
    <header className={classes.head}>
      <div className={classes.headRow}>
        <TypeIcon icon={info?.icon} color={info?.color} category={info?.category} size={26} />
        <TextInput
          className={classes.title ?? ""}
          aria-label={t("inspector.node.title")}
          placeholder={id}
          value={node.title ?? ""}
          onChange={(event) =>
            document.dispatch(setNode(id, { title: event.currentTarget.value || undefined }, "title"))
          }
          onBlur={() => document.seal()}
        />
        <Tooltip label={t("inspector.node.enabledHint")} position="left">
          <Switch
            size="xs"
            aria-label={t("inspector.node.enabled")}
            checked={enabled}
            onChange={(event) =>
              document.dispatch(setNode(id, { disabled: event.currentTarget.checked ? undefined : true }))
            }
          />
        </Tooltip>
      </div>
      <div className={classes.meta}>
        <span className={classes.typeName}>{node.type}</span>
        <span>{t("inspector.node.id", { id })}</span>
        {info && info.package !== "" && (
          <span>{t("inspector.node.from", { package: info.package, version: info.version })}</span>
        )}
      </div>
      <NodeStatus id={id} />
    </header>
  );
}

function NodeStatus({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const flow = useDocument((state) => state.name);
  const status = useLive((live) => live.nodes[liveKey(flow, id)]);
  if (!status) return null;
  const level = status.state === "failed" ? "error" : status.level;
  return (
    <div className={classes.meta}>
      <span className={classes.status} role="status">
        <span
          className={classes.dot}
          data-level={status.text === "" && status.state === "running" ? "ok" : level}
        />
        {t(`canvas.state.${status.state}`)}
        {status.text !== "" && `: ${status.text}`}
      </span>
    </div>
  );
}
