// The flow as a whole: its title and description, the packages it uses, the types it scripts itself.
import { TagsInput, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { setFlow } from "../document/commands.ts";
import { useDocument, useEditor } from "../editor.ts";
import { FlowTypes } from "./FlowTypes.tsx";
import classes from "./inspector.module.css";
import { Section } from "./Section.tsx";

export function FlowInspector() {
  const { t } = useTranslation();
  const { document } = useEditor();
  const name = useDocument((state) => state.name);
  const flow = useDocument((state) => state.draft.flow);
  return (
    <>
      <header className={classes.head}>
        <TextInput
          className={classes.title ?? ""}
          aria-label={t("inspector.flow.title")}
          placeholder={name}
          value={flow.title ?? ""}
          onChange={(event) =>
            document.dispatch(setFlow({ title: event.currentTarget.value || undefined }, "title"))
          }
          onBlur={() => document.seal()}
        />
        <div className={classes.meta}>
          <span className={classes.typeName}>{name}.json</span>
          <span>
            {t("inspector.flow.contents", {
              nodes: Object.keys(flow.nodes ?? {}).length,
              topics: Object.keys(flow.topics ?? {}).length,
            })}
          </span>
        </div>
      </header>
      <Section id="flow-about" title={t("inspector.flow.description")}>
        <div className={classes.stack}>
          <Textarea
            aria-label={t("inspector.flow.description")}
            placeholder={t("inspector.flow.descriptionHint")}
            autosize
            minRows={3}
            maxRows={14}
            value={flow.description ?? ""}
            onChange={(event) =>
              document.dispatch(
                setFlow({ description: event.currentTarget.value || undefined }, "description"),
              )
            }
            onBlur={() => document.seal()}
          />
          <TagsInput
            size="xs"
            label={t("inspector.flow.packages")}
            description={t("inspector.flow.packagesHint")}
            value={[...(flow.packages ?? [])]}
            onChange={(packages) =>
              document.dispatch(setFlow({ packages: packages.length > 0 ? packages : undefined }))
            }
          />
        </div>
      </Section>
      <Section id="flow-types" title={t("inspector.flow.types")}>
        <FlowTypes />
      </Section>
    </>
  );
}
