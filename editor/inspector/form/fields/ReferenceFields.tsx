// Values that stand for others: secrets, files, the environment. What they stand for is never shown.
import { ActionIcon, Group, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { IconFile, IconKey, IconVariable, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { namedReference } from "../reference.ts";
import { FieldFrame } from "./FieldFrame.tsx";
import { asText, type ConfigFieldProps, textOrNothing } from "./field.ts";

/** A value that is not of the schema's type because it stands for one. It can be renamed, or given up. */
export function ReferenceField(props: ConfigFieldProps) {
  const { t } = useTranslation();
  const reference = namedReference(props.value);
  const kind = reference?.kind ?? "environment";
  const Icon = { secret: IconKey, file: IconFile, environment: IconVariable }[kind];
  return (
    <FieldFrame {...props}>
      <Group gap={4} wrap="nowrap">
        <TextInput
          id={props.id}
          size="xs"
          flex={1}
          leftSection={<Icon size={14} />}
          aria-label={t(`inspector.form.reference.${kind}`, { label: props.label })}
          value={reference?.name ?? asText(props.value)}
          disabled={props.disabled}
          spellCheck={false}
          onChange={(event) => {
            const text = event.currentTarget.value;
            props.onChange(reference ? { [`$${reference.kind}`]: text } : textOrNothing(text));
          }}
          onBlur={props.onBlur}
        />
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t("inspector.form.reference.clear", { label: props.label })}
          title={t("inspector.form.reference.clear", { label: props.label })}
          onClick={() => props.onChange(undefined)}
        >
          <IconX size={14} />
        </ActionIcon>
      </Group>
    </FieldFrame>
  );
}

type Source = "secret" | "environment" | "text";

const sourceOf = (value: unknown): Source => {
  if (namedReference(value)?.kind === "secret" || value === undefined) return "secret";
  return typeof value === "string" && value.startsWith("${") ? "environment" : "text";
};

/** A secret: by name from the secret store, from the environment, or (not advised) written into the flow. */
export function SecretField(props: ConfigFieldProps) {
  const { t } = useTranslation();
  const [source, setSource] = useState<Source>(() => sourceOf(props.value));
  const written = sourceOf(props.value);
  const shown = props.value === undefined ? source : written;
  const name = namedReference(props.value)?.name ?? /^\$\{(.*)\}$/.exec(asText(props.value))?.[1];
  const text = shown === "text" ? asText(props.value) : (name ?? "");
  const change = (next: string, as: Source) => {
    if (next === "") props.onChange(undefined);
    else props.onChange(as === "secret" ? { $secret: next } : as === "environment" ? `\${${next}}` : next);
  };
  return (
    <FieldFrame {...props}>
      <Stack gap={4} mt={2}>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t("inspector.form.secret.from", { label: props.label })}
          data={(["secret", "environment", "text"] as const).map((value) => ({
            value,
            label: t(`inspector.form.secret.${value}`),
          }))}
          value={shown}
          disabled={props.disabled}
          onChange={(next) => {
            setSource(next as Source);
            // A secret's name is no secret; a text that was typed must not become a name.
            change(shown === "text" ? "" : text, next as Source);
          }}
        />
        <TextInput
          id={props.id}
          size="xs"
          type={shown === "text" ? "password" : "text"}
          autoComplete="off"
          spellCheck={false}
          aria-label={props.label}
          placeholder={t(`inspector.form.secret.placeholder.${shown}`)}
          value={text}
          disabled={props.disabled}
          onChange={(event) => change(event.currentTarget.value, shown)}
          onBlur={props.onBlur}
        />
      </Stack>
    </FieldFrame>
  );
}
