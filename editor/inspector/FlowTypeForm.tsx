// One type that the flow scripts itself: what it is called, its ports and settings, its code.
import { TextInput } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowTypeDocument, JsonSchema } from "../../engine/admin/api.ts";
import { setFile, setFlowType } from "../document/commands.ts";
import { own } from "../document/draft.ts";
import { useCatalogue, useDocument, useEditor } from "../editor.ts";
import { CodeBox } from "../script/CodeBox.tsx";
import { scriptTypes } from "../script/script-types.ts";
import { JsonText } from "./form/fields/JsonField.tsx";
import { isPlain } from "./form/reference.ts";
import classes from "./inspector.module.css";

export function FlowTypeForm({ name, type }: { readonly name: string; readonly type: FlowTypeDocument }) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const set = (part: Partial<FlowTypeDocument>, field: string) => {
    const next = Object.entries({ ...type, ...part }).filter(
      ([, value]) => value !== undefined && value !== "",
    );
    document.dispatch(setFlowType(name, { code: type.code, ...Object.fromEntries(next) }, field));
  };
  const schemas = (field: "inputs" | "outputs", label: string) => (
    <JsonText
      label={label}
      value={type[field]}
      onChange={(value) => {
        if (value === undefined || isPlain(value)) {
          set({ [field]: value as Readonly<Record<string, JsonSchema>> | undefined }, field);
        }
      }}
      onBlur={() => document.seal()}
    />
  );
  return (
    <div className={classes.stack} style={{ padding: "8px 0 4px" }}>
      <div className={classes.two}>
        <TextInput
          label={t("inspector.flow.typeTitle")}
          placeholder={name}
          value={type.title ?? ""}
          onChange={(event) => set({ title: event.currentTarget.value }, "title")}
          onBlur={() => document.seal()}
        />
        <TextInput
          label={t("inspector.flow.typeSummary")}
          value={type.summary ?? ""}
          onChange={(event) => set({ summary: event.currentTarget.value }, "summary")}
          onBlur={() => document.seal()}
        />
      </div>
      <TypeCode name={name} type={type} onInline={(code) => set({ code }, "code")} />
      {schemas("inputs", t("inspector.flow.typeInputs"))}
      {schemas("outputs", t("inspector.flow.typeOutputs"))}
      <JsonText
        label={t("inspector.flow.typeConfig")}
        value={type.config}
        onChange={(value) => {
          if (value === undefined || isPlain(value)) set({ config: value as JsonSchema }, "config");
        }}
        onBlur={() => document.seal()}
      />
    </div>
  );
}

function TypeCode(props: {
  readonly name: string;
  readonly type: FlowTypeDocument;
  readonly onInline: (code: string) => void;
}) {
  const { name, type, onInline } = props;
  const { t } = useTranslation();
  const { document } = useEditor();
  const flowName = useDocument((state) => state.name);
  const flow = useDocument((state) => state.draft.flow);
  const catalogue = useCatalogue((state) => state.types);
  const file = typeof type.code === "string" ? null : type.code.$file;
  const text = useDocument((state) => (file === null ? null : (own(state.draft.files, file) ?? null)));
  const types = useMemo(() => scriptTypes({ type: name, flow, catalogue }), [name, flow, catalogue]);
  return (
    <CodeBox
      value={typeof type.code === "string" ? type.code : (text ?? "")}
      onChange={(code) => (file === null ? onInline(code) : document.dispatch(setFile(file, code)))}
      onBlur={() => document.seal()}
      path={`${flowName}/types/${name}.ts`}
      language="typescript"
      label={t("inspector.flow.typeCode")}
      types={types}
      title={file ?? t("code.inFlow")}
      {...(file !== null && text === null ? { warning: t("code.missing", { file }) } : {})}
    />
  );
}
