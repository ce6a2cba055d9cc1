// What a topic promises beyond its delivery: limits for all, keeping and retrying for streams.
import { NumberInput, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DeliveryKind, Durability, Overflow, TopicDocument } from "../../engine/admin/api.ts";
import { RetrySettings } from "./DeliverySettings.tsx";
import classes from "./inspector.module.css";

const OVERFLOWS: readonly Overflow[] = ["wait", "drop-oldest", "drop-newest", "fail"];
const DURABILITIES: readonly Durability[] = ["written", "synced", "replicated"];

type Retention = NonNullable<TopicDocument["retention"]>;

export interface TopicPromiseProps {
  readonly topic: TopicDocument;
  readonly delivery: DeliveryKind;
  readonly set: (
    values: { readonly [K in keyof TopicDocument]?: TopicDocument[K] | undefined },
    field?: string,
  ) => void;
  readonly seal: () => void;
}

export function TopicPromise({ topic, delivery, set, seal }: TopicPromiseProps) {
  const { t } = useTranslation();
  const stream = delivery === "stream";
  return (
    <div className={classes.stack}>
      <div className={classes.two}>
        <NumberInput
          label={t("inspector.topic.limit")}
          description={t("inspector.topic.limitHint")}
          placeholder={stream ? "100000" : "1000"}
          min={1}
          allowDecimal={false}
          value={topic.limit ?? ""}
          onChange={(limit) => set({ limit: numberOrNothing(limit) }, "limit")}
          onBlur={seal}
        />
        <Select
          label={t("inspector.topic.overflow")}
          description={"\u00a0"}
          data={OVERFLOWS.map((value) => ({ value, label: t(`inspector.topic.overflows.${value}`) }))}
          value={topic.overflow ?? "wait"}
          allowDeselect={false}
          onChange={(value) => set({ overflow: value === "wait" ? undefined : (value as Overflow) })}
        />
      </div>
      {stream && <StreamPromise topic={topic} set={set} seal={seal} />}
    </div>
  );
}

function StreamPromise({ topic, set, seal }: Omit<TopicPromiseProps, "delivery">) {
  const { t } = useTranslation();
  const setRetention = (part: { readonly [K in keyof Retention]?: Retention[K] | undefined }) => {
    const { messages, age, bytes } = { ...topic.retention, ...part };
    const retention: Retention = {
      ...(messages === undefined ? {} : { messages }),
      ...(age === undefined ? {} : { age }),
      ...(bytes === undefined ? {} : { bytes }),
    };
    set({ retention: Object.keys(retention).length > 0 ? retention : undefined }, "retention");
  };
  return (
    <>
      <div className={classes.three}>
        <Select
          label={t("inspector.topic.durability")}
          data={DURABILITIES.map((value) => ({ value, label: t(`inspector.topic.durabilities.${value}`) }))}
          value={topic.durability ?? "written"}
          allowDeselect={false}
          onChange={(value) => set({ durability: value === "written" ? undefined : (value as Durability) })}
        />
        <NumberInput
          label={t("inspector.topic.partitions")}
          placeholder="1"
          min={1}
          allowDecimal={false}
          value={topic.partitions ?? ""}
          onChange={(partitions) => set({ partitions: numberOrNothing(partitions) }, "partitions")}
          onBlur={seal}
        />
        <TextInput
          label={t("inspector.topic.key")}
          placeholder="/user/id"
          title={t("inspector.topic.keyHint")}
          spellCheck={false}
          value={topic.key ?? ""}
          onChange={(event) => set({ key: event.currentTarget.value || undefined }, "key")}
          onBlur={seal}
        />
      </div>
      <div>
        <h3 className={classes.subhead}>{t("inspector.topic.retention")}</h3>
        <div className={classes.three}>
          <NumberInput
            label={t("inspector.topic.retentionMessages")}
            placeholder="100000"
            min={1}
            allowDecimal={false}
            value={topic.retention?.messages ?? ""}
            onChange={(messages) => setRetention({ messages: numberOrNothing(messages) })}
            onBlur={seal}
          />
          <TextInput
            label={t("inspector.topic.retentionAge")}
            placeholder="7d"
            value={topic.retention?.age ?? ""}
            onChange={(event) => setRetention({ age: event.currentTarget.value || undefined })}
            onBlur={seal}
          />
          <NumberInput
            label={t("inspector.topic.retentionBytes")}
            min={1}
            allowDecimal={false}
            value={topic.retention?.bytes ?? ""}
            onChange={(bytes) => setRetention({ bytes: numberOrNothing(bytes) })}
            onBlur={seal}
          />
        </div>
      </div>
      <div>
        <h3 className={classes.subhead}>{t("inspector.topic.retry")}</h3>
        <RetrySettings retry={topic.retry} onChange={(retry) => set({ retry }, "retry")} onBlur={seal} />
      </div>
      <TextInput
        label={t("inspector.topic.deadLetter")}
        placeholder="….dead"
        spellCheck={false}
        value={topic.deadLetter ?? ""}
        onChange={(event) => set({ deadLetter: event.currentTarget.value || undefined }, "deadLetter")}
        onBlur={seal}
      />
    </>
  );
}

const numberOrNothing = (value: number | string): number | undefined =>
  typeof value === "number" ? value : undefined;
