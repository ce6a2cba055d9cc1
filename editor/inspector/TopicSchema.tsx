// What payloads of a topic look like: JSON Schema, or a type of a .proto file.
import { Checkbox, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { JsonSchema } from "../../engine/admin/api.ts";
import { JsonText } from "./form/fields/JsonField.tsx";
import { isPlain } from "./form/reference.ts";
import classes from "./inspector.module.css";
import type { TopicPromiseProps } from "./TopicPromise.tsx";

export function TopicSchema({ topic, set, seal }: Omit<TopicPromiseProps, "delivery">) {
  const { t } = useTranslation();
  return (
    <div className={classes.stack}>
      <JsonText
        label={t("inspector.topic.schema")}
        hideLabel
        minRows={3}
        placeholder={'{ "type": "object", "required": ["celsius"] }'}
        value={topic.schema}
        onChange={(schema) => {
          if (schema === undefined || isPlain(schema) || typeof schema === "boolean") {
            set({ schema: schema as JsonSchema | undefined }, "schema");
          }
        }}
        onBlur={seal}
      />
      {topic.proto !== undefined && (
        <TextInput
          label="Protobuf"
          spellCheck={false}
          value={topic.proto}
          onChange={(event) => set({ proto: event.currentTarget.value || undefined }, "proto")}
          onBlur={seal}
        />
      )}
      <Checkbox
        size="xs"
        label={t("inspector.topic.validate")}
        description={t("inspector.topic.validateHint")}
        checked={topic.validate === true}
        onChange={(event) => set({ validate: event.currentTarget.checked ? true : undefined })}
      />
    </div>
  );
}
