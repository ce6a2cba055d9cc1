// Fields that name something of the flow: a topic, one or several nodes; and yes or no.
import { MultiSelect, Select, Switch, TagsInput } from "@mantine/core";
import { useMemo } from "react";
import { useDocument } from "../../../editor.ts";
import { asText, type ConfigFieldProps } from "./field.ts";

function shared(props: ConfigFieldProps) {
  const { id, label, description, required, disabled, errors } = props;
  return {
    id,
    size: "xs",
    label,
    ...(description === undefined ? {} : { description }),
    withAsterisk: required,
    disabled,
    error: errors.length > 0 ? errors.join(" ") : undefined,
    onBlur: props.onBlur,
  } as const;
}

export function BooleanField(props: ConfigFieldProps) {
  const { value, schema } = props;
  return (
    <Switch
      {...shared(props)}
      checked={typeof value === "boolean" ? value : schema.default === true}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}

export function TopicField(props: ConfigFieldProps) {
  const topics = useDocument((document) => document.draft.flow.topics);
  const names = useMemo(() => withCurrent(Object.keys(topics ?? {}), props.value), [topics, props.value]);
  if (props.schema.type === "array") {
    const values = Array.isArray(props.value) ? props.value.map(String) : [];
    return <TagsInput {...shared(props)} data={names} value={values} onChange={props.onChange} />;
  }
  return (
    <Select
      {...shared(props)}
      data={names}
      value={asText(props.value) || null}
      onChange={(name) => props.onChange(name ?? undefined)}
      searchable
      clearable={!props.required}
    />
  );
}

export function NodeField(props: ConfigFieldProps) {
  const nodes = useDocument((document) => document.draft.flow.nodes);
  const several = props.schema.type === "array";
  const options = useMemo(() => {
    const known = Object.entries(nodes ?? {}).map(([id, node]) => ({ value: id, label: node.title ?? id }));
    const ids = withCurrent(
      known.map((option) => option.value),
      props.value,
    );
    return ids.map((id) => known.find((option) => option.value === id) ?? { value: id, label: id });
  }, [nodes, props.value]);
  if (several) {
    const values = Array.isArray(props.value) ? props.value.map(String) : [];
    return (
      <MultiSelect {...shared(props)} data={options} value={values} onChange={props.onChange} searchable />
    );
  }
  return (
    <Select
      {...shared(props)}
      data={options}
      value={asText(props.value) || null}
      onChange={(id) => props.onChange(id ?? undefined)}
      searchable
      clearable={!props.required}
    />
  );
}

/** What is set stays among the choices, also when it does not exist (any more). */
function withCurrent(names: readonly string[], value: unknown): string[] {
  const current = (Array.isArray(value) ? value : [value]).filter(
    (item) => typeof item === "string" && item !== "",
  );
  return [...new Set([...names, ...(current as string[])])];
}
