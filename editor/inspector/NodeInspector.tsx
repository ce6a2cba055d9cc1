// A node: what it is, its settings, where its ports lead, how it delivers, its help.
import { SegmentedControl } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { setNode } from "../document/commands.ts";
import { nodeOf } from "../document/draft.ts";
import { typeInfo } from "../document/types.ts";
import { useCatalogue, useDocument, useEditor } from "../editor.ts";
import { configSchema } from "../script/script-ports.ts";
import { DeliverySettings } from "./DeliverySettings.tsx";
import { JsonText } from "./form/fields/JsonField.tsx";
import { NodeScope } from "./form/NodeScope.ts";
import { isPlain } from "./form/reference.ts";
import classes from "./inspector.module.css";
import { Markdown } from "./Markdown.tsx";
import { NodeHead } from "./NodeHead.tsx";
import { NodeLive } from "./NodeLive.tsx";
import { NodeWires } from "./NodeWires.tsx";
import { Section } from "./Section.tsx";
import { useFocusField } from "./use-focus-field.ts";

/** Forms are as large as the canvas: they come when the first node is looked at. */
const ConfigForm = lazy(() => import("./form/ConfigForm.tsx").then((part) => ({ default: part.ConfigForm })));

export function NodeInspector({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const editor = useEditor();
  const node = useDocument((document) => nodeOf(document.draft, id));
  const flow = useDocument((document) => document.draft.flow);
  const types = useCatalogue((state) => state.types);
  const loaded = useCatalogue((state) => state.loaded);
  const [asJson, setAsJson] = useState(false);
  useFocusField(id);
  if (!node) return <p className={classes.head}>{t("inspector.gone")}</p>;

  const info = typeInfo(types, flow, node.type);
  const missing = loaded && !info;
  const setConfig = (config: Readonly<Record<string, unknown>>, field: string) =>
    editor.document.dispatch(
      setNode(id, { config: Object.keys(config).length > 0 ? config : undefined }, `config:${field}`),
    );
  return (
    <NodeScope value={id}>
      <NodeHead id={id} node={node} info={info} />
      <Section
        id="node-config"
        title={t("inspector.node.config")}
        note={
          <SegmentedControl
            size="xs"
            value={asJson || missing ? "json" : "form"}
            disabled={missing}
            aria-label={t("inspector.node.config")}
            onChange={(value) => setAsJson(value === "json")}
            data={[
              { value: "form", label: t("inspector.node.asForm") },
              { value: "json", label: t("inspector.node.asJson") },
            ]}
          />
        }
      >
        {missing && <p className={classes.warning}>{t("inspector.node.unknown", { type: node.type })}</p>}
        {asJson || missing ? (
          <JsonText
            label={t("inspector.node.jsonLabel")}
            hideLabel
            minRows={6}
            value={node.config ?? {}}
            onChange={(value) => isPlain(value) && setConfig(value, "json")}
            onBlur={() => editor.document.seal()}
          />
        ) : (
          info && (
            <Suspense>
              <ConfigForm
                id={`config-${id}`}
                schema={configSchema(info.config)}
                value={node.config}
                onChange={setConfig}
                onBlur={() => editor.document.seal()}
              />
            </Suspense>
          )
        )}
      </Section>
      <Section id="node-wires" title={t("inspector.node.wires")}>
        <NodeWires id={id} node={node} info={info} />
      </Section>
      <Section id="node-delivery" title={t("inspector.node.delivery")} startsClosed>
        <DeliverySettings id={id} node={node} />
      </Section>
      <NodeLive id={id} />
      {info && (info.docs !== "" || info.summary !== "") && (
        <Section id="node-help" title={t("inspector.node.help")} startsClosed>
          <Markdown text={info.docs === "" ? info.summary : info.docs} />
        </Section>
      )}
    </NodeScope>
  );
}
