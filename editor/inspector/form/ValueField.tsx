// The one rjsf field behind every `x-widget`: draws from rjsf's props what our fields need, and picks the field.
import type { FieldProps } from "@rjsf/utils";
import type { ComponentType } from "react";
import { BooleanField, NodeField, TopicField } from "./fields/ChoiceFields.tsx";
import { CodeField } from "./fields/CodeField.tsx";
import type { ConfigFieldProps } from "./fields/field.ts";
import { JsonField } from "./fields/JsonField.tsx";
import { KeyValueField } from "./fields/KeyValueField.tsx";
import { ReferenceField, SecretField } from "./fields/ReferenceFields.tsx";
import { CronField, DurationField, ExpressionField, PathField, TextField } from "./fields/TextFields.tsx";

const FIELDS: Readonly<Record<string, ComponentType<ConfigFieldProps>>> = {
  boolean: BooleanField,
  code: CodeField,
  cron: CronField,
  duration: DurationField,
  expression: ExpressionField,
  json: JsonField,
  "key-value": KeyValueField,
  node: NodeField,
  nodes: NodeField,
  path: PathField,
  reference: ReferenceField,
  secret: SecretField,
  text: TextField,
  topic: TopicField,
};

/** rjsf's field; `ui:options.widget` says which of ours. An unknown widget is edited as JSON, or as a text. */
export function ValueField(props: FieldProps) {
  const { schema, uiSchema, fieldPathId, name, onChange, onBlur, rawErrors } = props;
  const widget: unknown = uiSchema?.["ui:options"]?.widget;
  const fallback = schema.type === "string" ? TextField : JsonField;
  const Field = (typeof widget === "string" ? FIELDS[widget] : undefined) ?? fallback;
  return (
    <Field
      id={fieldPathId.$id}
      path={fieldPathId.path}
      value={props.formData as unknown}
      schema={schema as Readonly<Record<string, unknown>>}
      label={schema.title ?? (props.title as string | undefined) ?? name}
      description={schema.description}
      required={props.required ?? false}
      disabled={(props.disabled ?? false) || (props.readonly ?? false)}
      errors={rawErrors ?? []}
      onChange={(value) => onChange(value, fieldPathId.path)}
      onBlur={() => onBlur(fieldPathId.$id, props.formData)}
    />
  );
}
