// A form for a value and its JSON Schema: shows defaults, says what is wrong at the field, gives back only what a
// person chose.

import { withTheme } from "@rjsf/core";
import { Theme } from "@rjsf/mantine";
import { getDefaultFormState, type RJSFSchema, toErrorSchema } from "@rjsf/utils";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { equal } from "../../document/changes.ts";
import classes from "./form.module.css";
import { withoutDefaults } from "./form-defaults.ts";
import { formSchema } from "./form-schema.ts";
import { createFormValidator, validate } from "./form-validator.ts";
import { templates } from "./templates.tsx";
import { ValueField } from "./ValueField.tsx";

const Form = withTheme<Record<string, unknown>>(Theme);
const validator = createFormValidator();
const fields = { value: ValueField };
/** Lists stay as they are: a shortest length is a fault to be shown, not to be filled with nothing. */
const DEFAULTS = { arrayMinItems: { populate: "never" } } as const;
const NOTHING: Readonly<Record<string, unknown>> = {};

export interface ConfigFormProps {
  /** Prefix of the fields' ids: one per form on the page. */
  readonly id: string;
  readonly schema: unknown;
  readonly value: Readonly<Record<string, unknown>> | undefined;
  readonly onChange: (value: Readonly<Record<string, unknown>>, field: string) => void;
  readonly onBlur?: () => void;
}

export const ConfigForm = memo(function ConfigForm({ id, schema, value, onChange, onBlur }: ConfigFormProps) {
  const { t } = useTranslation();
  const { schema: shown, hints } = useStable(useMemo(() => formSchema(schema, value), [schema, value]));
  const uiSchema = useMemo(() => ({ ...hints, "ui:globalOptions": { size: "xs" } }), [hints]);
  const { faults, errorSchema } = useMemo(() => check(shown as RJSFSchema, value ?? NOTHING), [shown, value]);
  const latest = useRef(value ?? NOTHING);
  latest.current = value ?? NOTHING;

  if (typeof shown.properties !== "object" && !("anyOf" in shown) && !("allOf" in shown)) {
    return <p className={classes.root}>{t("inspector.form.nothing")}</p>;
  }
  return (
    <div className={classes.root}>
      {faults.length > 0 && (
        <div className={classes.fault} role="alert">
          {faults.join(" ")}
        </div>
      )}
      <Form
        idPrefix={id}
        schema={shown as RJSFSchema}
        uiSchema={uiSchema}
        formData={latest.current as Record<string, unknown>}
        validator={validator}
        fields={fields}
        templates={templates}
        noValidate
        extraErrors={errorSchema}
        showErrorList={false}
        experimental_defaultFormStateBehavior={DEFAULTS}
        noHtml5Validate
        tagName="div"
        onChange={({ formData }, fieldId) => {
          if (fieldId === undefined) return; // not by a person: looking at a node must not change it
          const before = latest.current;
          const next = withoutDefaults(schema, before, formData ?? {}) as Readonly<Record<string, unknown>>;
          if (!equal(before, next)) onChange(next, fieldId);
        }}
        onBlur={() => onBlur?.()}
      >
        <span hidden />
      </Form>
    </div>
  );
});

/** The same object while its content is the same: rjsf rebuilds the whole form for a new schema. */
function useStable<T>(value: T): T {
  const [stable, setStable] = useState(value);
  const same = equal(stable, value);
  useEffect(() => {
    if (!same) setStable(value);
  }, [same, value]);
  return same ? stable : value;
}

/** Faults from the start, not only after a change; of the value as the engine sees it: with its defaults. */
function check(schema: RJSFSchema, value: Readonly<Record<string, unknown>>) {
  const filled = getDefaultFormState(
    validator,
    schema,
    value as Record<string, unknown>,
    schema,
    false,
    DEFAULTS,
  );
  const errors = validate(schema, filled);
  return {
    faults: errors.filter((error) => error.property === ".").flatMap((error) => error.message ?? []),
    errorSchema: toErrorSchema<Record<string, unknown>>(errors.filter((error) => error.property !== ".")),
  };
}
