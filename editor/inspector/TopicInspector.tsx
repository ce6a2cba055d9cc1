// A topic: its name, what it promises, how it looks on the outside, what goes through it now.
import { Button, Radio, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DeliveryKind, TopicDocument, TopicFormat } from "../../engine/admin/api.ts";
import { addTopic, renameTopic, setTopic } from "../document/commands.ts";
import { topicOf } from "../document/draft.ts";
import { topicNameProblem } from "../document/naming.ts";
import { isShared } from "../document/wires.ts";
import { useDocument, useEditor } from "../editor.ts";
import classes from "./inspector.module.css";
import { Section } from "./Section.tsx";
import { TopicEnds } from "./TopicEnds.tsx";
import { TopicLive } from "./TopicLive.tsx";
import { TopicMessages } from "./TopicMessages.tsx";
import { TopicPromise } from "./TopicPromise.tsx";
import { TopicSchema } from "./TopicSchema.tsx";
import { useTyped } from "./useTyped.ts";

const DELIVERIES: readonly DeliveryKind[] = ["memory", "pubsub", "stream"];
const FORMATS: readonly TopicFormat[] = ["millrace", "json", "text", "binary"];

export function TopicInspector({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const topic = useDocument((state) => topicOf(state.draft, name));
  if (!topic) {
    return (
      <div className={classes.head}>
        <p className={classes.warning}>{t("inspector.topic.undeclared")}</p>
        <Button size="compact-xs" onClick={() => document.dispatch(addTopic(name, {}))}>
          {t("inspector.topic.declare")}
        </Button>
      </div>
    );
  }
  const delivery = topic.delivery ?? "memory";
  const set = (
    values: { readonly [K in keyof TopicDocument]?: TopicDocument[K] | undefined },
    field?: string,
  ) => document.dispatch(setTopic(name, values, field));
  return (
    <>
      <TopicHead name={name} />
      <TopicLive name={name} delivery={delivery} />
      <Section id="topic-delivery" title={t("inspector.topic.delivery")}>
        <div className={classes.stack}>
          <Radio.Group
            value={delivery}
            aria-label={t("inspector.topic.delivery")}
            onChange={(next) => set({ delivery: next === "memory" ? undefined : (next as DeliveryKind) })}
          >
            <div className={classes.deliveries}>
              {DELIVERIES.map((kind) => (
                <Radio
                  key={kind}
                  size="xs"
                  className={classes.deliveryChoice ?? ""}
                  data-checked={kind === delivery}
                  value={kind}
                  label={t(`inspector.topic.${kind}`)}
                  description={t(`inspector.topic.${kind}Hint`)}
                />
              ))}
            </div>
          </Radio.Group>
          {delivery !== "memory" && (
            <Select
              label={t("inspector.topic.format")}
              data={FORMATS.map((format) => ({
                value: format,
                label: t(`inspector.topic.formats.${format}`),
              }))}
              value={topic.format ?? "millrace"}
              allowDeselect={false}
              onChange={(format) =>
                set({ format: format === "millrace" ? undefined : (format as TopicFormat) })
              }
            />
          )}
        </div>
      </Section>
      <Section id="topic-ends" title={t("inspector.topic.ends")}>
        <TopicEnds name={name} />
      </Section>
      <Section id="topic-promise" title={t("inspector.topic.promise")} startsClosed>
        <TopicPromise topic={topic} delivery={delivery} set={set} seal={() => document.seal()} />
      </Section>
      <Section
        id="topic-schema"
        title={t("inspector.topic.schema")}
        startsClosed={topic.schema === undefined}
      >
        <TopicSchema topic={topic} set={set} seal={() => document.seal()} />
      </Section>
      <Section id="topic-messages" title={t("inspector.topic.messages")}>
        <TopicMessages name={name} delivery={delivery} />
      </Section>
    </>
  );
}

function TopicHead({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const topics = useDocument((state) => state.draft.flow.topics);
  const typed = useTyped(
    name,
    (next) => {
      document.dispatch(renameTopic(name, next));
      document.select({ topics: [next] });
    },
    (next) => topicNameProblem(topics, next, name),
  );
  return (
    <header className={classes.head}>
      <TextInput
        className={classes.title ?? ""}
        aria-label={t("inspector.topic.name")}
        value={typed.text}
        error={typed.problem}
        spellCheck={false}
        onChange={(event) => typed.set(event.currentTarget.value)}
        onBlur={typed.commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") typed.commit();
          if (event.key === "Escape") typed.reset();
        }}
      />
      <div className={classes.meta}>
        {isShared(name) ? t("inspector.topic.shared") : t("inspector.topic.title")}
      </div>
    </header>
  );
}
