// Names and texts of the user's choice, as rows: headers, attributes, query parameters.
import { ActionIcon, Button, Group, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { equal } from "../../../document/changes.ts";
import { isPlain } from "../reference.ts";
import { FieldFrame } from "./FieldFrame.tsx";
import { asText, type ConfigFieldProps } from "./field.ts";

interface Row {
  readonly key: number;
  readonly name: string;
  readonly value: unknown;
}

export function KeyValueField(props: ConfigFieldProps) {
  const { value, onChange, onBlur, disabled, label } = props;
  const { t } = useTranslation();
  const serial = useRef(0);
  const numbered = useCallback(
    (entries: readonly (readonly [string, unknown])[]): Row[] =>
      entries.map(([name, item]) => {
        serial.current += 1;
        return { key: serial.current, name, value: item };
      }),
    [],
  );
  const [rows, setRows] = useState<readonly Row[]>(() => numbered(entriesOf(value)));
  useEffect(() => {
    setRows((current) => (equal(asObject(current), value ?? {}) ? current : numbered(entriesOf(value))));
  }, [value, numbered]);

  const change = (next: readonly Row[]) => {
    setRows(next);
    const object = asObject(next);
    if (!equal(object, value ?? {})) onChange(Object.keys(object).length > 0 ? object : undefined);
  };
  const set = (key: number, part: Partial<Row>) =>
    change(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));

  return (
    <FieldFrame {...props}>
      <Stack gap={4} mt={2}>
        {rows.map((row) => (
          <Group key={row.key} gap={4} wrap="nowrap">
            <TextInput
              size="xs"
              flex={2}
              aria-label={`${label}: ${t("inspector.form.name")}`}
              placeholder={t("inspector.form.name")}
              value={row.name}
              disabled={disabled}
              error={rows.some((other) => other.key < row.key && other.name === row.name && row.name !== "")}
              onChange={(event) => set(row.key, { name: event.currentTarget.value })}
              onBlur={onBlur}
            />
            <TextInput
              size="xs"
              flex={3}
              aria-label={`${label}: ${row.name || t("inspector.form.value")}`}
              placeholder={t("inspector.form.value")}
              value={asText(row.value)}
              disabled={disabled}
              readOnly={typeof row.value === "object"}
              onChange={(event) => set(row.key, { value: event.currentTarget.value })}
              onBlur={onBlur}
            />
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t("inspector.form.removeRow", { name: row.name })}
              onClick={() => change(rows.filter((other) => other.key !== row.key))}
            >
              <IconX size={14} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={12} />}
          style={{ alignSelf: "flex-start" }}
          disabled={disabled}
          onClick={() => setRows([...rows, ...numbered([["", ""]])])}
        >
          {t("inspector.form.addRow")}
        </Button>
      </Stack>
    </FieldFrame>
  );
}

const entriesOf = (value: unknown): [string, unknown][] => (isPlain(value) ? Object.entries(value) : []);

const asObject = (rows: readonly Row[]): Record<string, unknown> =>
  Object.fromEntries(rows.filter((row) => row.name !== "").map((row) => [row.name, row.value]));
