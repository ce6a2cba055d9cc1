// How a node handles messages: retries, time limit, how many at once.
import { NumberInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NodeDocument, RetryDocument } from "../../engine/admin/api.ts";
import { setNode } from "../document/commands.ts";
import { useEditor } from "../editor.ts";
import classes from "./inspector.module.css";

const DURATION = /^\d+(\.\d+)?(ms|s|m|h|d)$/;
const BACKOFF = /^\d+(\.\d+)?(ms|s|m|h|d)(\.\.\d+(\.\d+)?(ms|s|m|h|d))?$/;

export function DeliverySettings({ id, node }: { readonly id: string; readonly node: NodeDocument }) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const set = (values: Parameters<typeof setNode>[1], field: string) =>
    document.dispatch(setNode(id, values, field));
  const timeout = node.timeout ?? "";
  return (
    <div className={classes.stack}>
      <RetrySettings
        retry={node.retry}
        onChange={(retry) => set({ retry }, "retry")}
        onBlur={() => document.seal()}
      />
      <div className={classes.two}>
        <TextInput
          label={t("inspector.delivery.timeout")}
          description={t("inspector.delivery.timeoutHint")}
          placeholder="60s"
          value={timeout}
          error={timeout !== "" && !DURATION.test(timeout) ? t("inspector.form.duration") : undefined}
          onChange={(event) => set({ timeout: event.currentTarget.value || undefined }, "timeout")}
          onBlur={() => document.seal()}
        />
        <NumberInput
          label={t("inspector.delivery.concurrency")}
          description={t("inspector.delivery.concurrencyHint")}
          placeholder="1"
          min={1}
          allowDecimal={false}
          value={node.concurrency ?? ""}
          onChange={(value) =>
            set({ concurrency: typeof value === "number" ? value : undefined }, "concurrency")
          }
          onBlur={() => document.seal()}
        />
      </div>
    </div>
  );
}

/** Attempts and back-off; nodes and streams have the same. */
export function RetrySettings(props: {
  readonly retry: RetryDocument | undefined;
  readonly onChange: (retry: RetryDocument | undefined) => void;
  readonly onBlur: () => void;
}) {
  const { t } = useTranslation();
  const { attempts, backoff } = props.retry ?? {};
  const change = (next: { attempts: number | undefined; backoff: string | undefined }) => {
    const retry: RetryDocument = {
      ...(next.attempts === undefined ? {} : { attempts: next.attempts }),
      ...(next.backoff === undefined ? {} : { backoff: next.backoff }),
    };
    props.onChange(Object.keys(retry).length > 0 ? retry : undefined);
  };
  return (
    <div className={classes.two}>
      <NumberInput
        label={t("inspector.delivery.attempts")}
        description={t("inspector.delivery.attemptsHint")}
        placeholder="5"
        min={1}
        allowDecimal={false}
        value={attempts ?? ""}
        onChange={(value) => change({ attempts: typeof value === "number" ? value : undefined, backoff })}
        onBlur={props.onBlur}
      />
      <TextInput
        label={t("inspector.delivery.backoff")}
        description={t("inspector.delivery.backoffHint")}
        placeholder="200ms..30s"
        value={backoff ?? ""}
        error={backoff !== undefined && !BACKOFF.test(backoff) ? t("inspector.form.duration") : undefined}
        onChange={(event) => change({ attempts, backoff: event.currentTarget.value || undefined })}
        onBlur={props.onBlur}
      />
    </div>
  );
}
