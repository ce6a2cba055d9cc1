// What goes through a topic now: rate, what waits and how near the limit that is; for streams who is behind.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeliveryKind, TopicDetail } from "../../engine/admin/api.ts";
import { fullness, short } from "../canvas/numbers.ts";
import { useDocument, useEditor, useLive } from "../editor.ts";
import { liveKey } from "../live/store.ts";
import classes from "./inspector.module.css";
import { Section } from "./Section.tsx";

const READ_AGAIN_MS = 5_000;

export function TopicLive({ name, delivery }: { readonly name: string; readonly delivery: DeliveryKind }) {
  const { t } = useTranslation();
  const flow = useDocument((document) => document.name);
  const stats = useLive((live) => live.topics[liveKey(flow, name)]);
  const detail = useTopicDetail(name, delivery === "stream");
  if (!stats && !detail) return null;
  const waiting = stats?.waiting ?? 0;
  const limit = stats?.limit ?? 0;
  const fill = limit > 0 ? Math.min(waiting / limit, 1) : 0;
  return (
    <Section id="topic-live" title={t("inspector.topic.live")}>
      <div className={classes.numbers}>
        <span className={classes.number}>
          <b>{short(stats?.rate ?? detail?.rate ?? 0)}</b>
          <span>{t("panels.rate")}</span>
        </span>
        <span className={classes.number}>
          <b>{waiting.toLocaleString()}</b>
          <span>
            {t("panels.waiting")}{" "}
            {limit > 0 && t("inspector.topic.ofLimit", { limit: limit.toLocaleString() })}
          </span>
        </span>
      </div>
      {limit > 0 && (
        <div className={classes.bar} aria-hidden>
          <div
            className={classes.barFill}
            data-fill={fullness(stats?.waiting ?? 0, limit)}
            style={{ width: `${fill * 100}%` }}
          />
        </div>
      )}
      {detail?.groups.map((group) => (
        <p key={group.node} className={classes.hint}>
          {t("inspector.topic.group", { ...group })}
        </p>
      ))}
    </Section>
  );
}

/** The groups of a stream, read every few seconds while shown. */
function useTopicDetail(name: string, wanted: boolean): TopicDetail | null {
  const { api } = useEditor();
  const flow = useDocument((document) => document.name);
  const deployed = useDocument((document) => document.revision > 0);
  const [detail, setDetail] = useState<TopicDetail | null>(null);
  useEffect(() => {
    setDetail(null);
    if (!wanted || !deployed) return;
    let mounted = true;
    const read = () =>
      api.topic(flow, name).then(
        (answer) => mounted && setDetail(answer),
        () => mounted && setDetail(null), // not deployed yet, or gone
      );
    read();
    const timer = setInterval(read, READ_AGAIN_MS);
    return () => {
      mounted = false;
      clearInterval(timer);
    };
  }, [api, flow, name, wanted, deployed]);
  return detail;
}
