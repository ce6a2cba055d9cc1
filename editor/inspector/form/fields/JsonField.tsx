// Any JSON, as text. What cannot be read stays in the field with its fault and changes nothing.
import { Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { equal } from "../../../document/changes.ts";
import type { ConfigFieldProps } from "./field.ts";

/** A text stands as it is where texts are meant, unless it would be read as something else. */
function shown(value: unknown, plainText: boolean): string {
  if (value === undefined) return "";
  if (plainText && typeof value === "string") {
    const read = parse(value, true);
    if (read.ok && read.value === value) return value;
  }
  return JSON.stringify(value, null, 2);
}

export function JsonField(props: ConfigFieldProps) {
  const { value, onChange, schema } = props;
  return (
    <JsonText
      {...props}
      plainText={schema.type === undefined}
      minRows={schema.type === undefined ? 1 : 2}
      value={value}
      onChange={onChange}
      error={props.errors.length > 0 ? props.errors.join(" ") : undefined}
    />
  );
}

export interface JsonTextProps {
  readonly id?: string;
  readonly label: string;
  readonly description?: string | undefined;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly value: unknown;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly minRows?: number;
  /** A text that is no JSON is taken as a string: for payloads, where most strings are meant as such. */
  readonly plainText?: boolean;
  readonly hideLabel?: boolean;
  readonly onChange: (value: unknown) => void;
  readonly onBlur?: () => void;
}

/** A text area that holds JSON. */
export function JsonText(props: JsonTextProps) {
  const { value, onChange, minRows = 2, plainText = false } = props;
  const { t } = useTranslation();
  const [text, setText] = useState(() => shown(value, plainText));
  const read = parse(text, plainText);
  useEffect(() => {
    // A value from outside replaces the text, but not while it says the same in other words.
    setText((current) => {
      const known = parse(current, plainText);
      return known.ok && equal(known.value, value) ? current : shown(value, plainText);
    });
  }, [value, plainText]);
  return (
    <Textarea
      {...(props.id === undefined ? {} : { id: props.id })}
      size="xs"
      {...(props.hideLabel ? { "aria-label": props.label } : { label: props.label })}
      {...(props.description === undefined ? {} : { description: props.description })}
      withAsterisk={props.required ?? false}
      disabled={props.disabled ?? false}
      {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
      error={read.ok ? props.error : t("inspector.form.json")}
      autosize
      minRows={minRows}
      maxRows={16}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mr-font-code)" } }}
      value={text}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const parsed = parse(next, plainText);
        if (parsed.ok && !equal(parsed.value, value)) onChange(parsed.value);
      }}
      onBlur={() => props.onBlur?.()}
    />
  );
}

function parse(text: string, plainText: boolean): { ok: true; value: unknown } | { ok: false } {
  if (text.trim() === "") return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return plainText && !/^\s*[[{"]/.test(text) ? { ok: true, value: text } : { ok: false };
  }
}
