// Fields that are one text: plain lines, durations, cron expressions, expressions, paths.
import { Text, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { cronProblem, describeCron } from "../cron.ts";
import { asText, type ConfigFieldProps, textOrNothing } from "./field.ts";

const CODE_FONT = { input: { fontFamily: "var(--mr-font-code)" } };

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
    value: asText(props.value),
    onChange: (event: { currentTarget: { value: string } }) =>
      props.onChange(textOrNothing(event.currentTarget.value)),
    onBlur: props.onBlur,
    spellCheck: false,
  } as const;
}

export function TextField(props: ConfigFieldProps) {
  return <Textarea {...shared(props)} autosize minRows={2} maxRows={12} />;
}

export function ExpressionField(props: ConfigFieldProps) {
  return <Textarea {...shared(props)} autosize minRows={1} maxRows={12} styles={CODE_FONT} />;
}

export function PathField(props: ConfigFieldProps) {
  return <TextInput {...shared(props)} placeholder="payload.items[0].name" styles={CODE_FONT} />;
}

export function DurationField(props: ConfigFieldProps) {
  const { t } = useTranslation();
  const written = typeof props.value === "string" && props.value !== "";
  const error = written && props.errors.length > 0 ? t("inspector.form.duration") : shared(props).error;
  return <TextInput {...shared(props)} error={error} placeholder="5s" />;
}

export function CronField(props: ConfigFieldProps) {
  const { t } = useTranslation();
  const text = asText(props.value);
  const problem = text === "" || text.includes("${") ? null : cronProblem(text);
  const meaning = problem === null && text !== "" ? describeCron(text) : null;
  return (
    <div>
      <TextInput
        {...shared(props)}
        placeholder="*/15 8-18 * * mon-fri"
        styles={CODE_FONT}
        error={
          problem === null
            ? shared(props).error
            : t(`inspector.form.cron.${problem.kind}`, { part: problem.part })
        }
      />
      {meaning && (
        <Text size="xs" c="dimmed" mt={2}>
          {meaning}
        </Text>
      )}
    </div>
  );
}
