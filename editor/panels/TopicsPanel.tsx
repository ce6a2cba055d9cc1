// All topics of the flow with what goes through them now.
import { UnstyledButton } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { fullness, short } from "../canvas/numbers.ts";
import { type TopicUse, topicUses } from "../document/wires.ts";
import { useDocument, useEditor, useLive } from "../editor.ts";
import { liveKey } from "../live/store.ts";
import classes from "./panels.module.css";

export function TopicsPanel() {
  const { t } = useTranslation();
  const flow = useDocument((document) => document.draft.flow);
  const uses = useMemo(() => [...topicUses(flow).values()], [flow]);
  if (uses.length === 0) return <p className={classes.empty}>{t("panels.noTopics")}</p>;
  return (
    <div className={classes.scroll}>
      <table className={classes.table} data-testid="topics-panel">
        <thead>
          <tr>
            <th>{t("panels.topic")}</th>
            <th>{t("panels.delivery")}</th>
            <th className={classes.figure}>{t("panels.rate")}</th>
            <th className={classes.figure}>{t("panels.waiting")}</th>
            <th className={classes.figure}>{t("panels.limit")}</th>
            <th>{t("panels.from")}</th>
            <th>{t("panels.to")}</th>
          </tr>
        </thead>
        <tbody>
          {uses.map((use) => (
            <Row key={use.name} use={use} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const DEFAULT_LIMITS = { memory: 1_000, pubsub: 1_000, stream: 100_000 } as const;

function Row({ use }: { readonly use: TopicUse }) {
  const { t } = useTranslation();
  const { document, shell } = useEditor();
  const flow = useDocument((state) => state.name);
  const stats = useLive((live) => live.topics[liveKey(flow, use.name)]);
  const delivery = use.topic.delivery ?? "memory";
  const limit = stats?.limit ?? use.topic.limit ?? DEFAULT_LIMITS[delivery];
  return (
    <tr>
      <td>
        <UnstyledButton
          className={classes.topicName}
          onClick={() => {
            shell.setState({ inspectorOpen: true });
            document.reveal({ topic: use.name });
          }}
        >
          {use.name}
        </UnstyledButton>
      </td>
      <td>
        <span className={classes.delivery} data-delivery={delivery}>
          {t(`canvas.delivery.${delivery}`)}
        </span>
      </td>
      <td className={classes.figure}>{stats ? short(stats.rate) : "–"}</td>
      <td className={classes.figure} data-fill={fullness(stats?.waiting ?? 0, limit)}>
        {stats ? stats.waiting.toLocaleString() : "–"}
      </td>
      <td className={classes.figure}>{limit.toLocaleString()}</td>
      <td>{use.emitters.map((end) => end.node).join(", ") || "–"}</td>
      <td>{use.readers.map((end) => end.node).join(", ") || "–"}</td>
    </tr>
  );
}
