// Messages per second and waiting count of a topic, coloured by how full it is.
import { useTranslation } from "react-i18next";
import { useDocument, useLive } from "../editor.ts";
import { liveKey } from "../live/store.ts";
import { fullness, short } from "./numbers.ts";
import style from "./wire.module.css";

export function TopicNumbers({ topic }: { readonly topic: string }) {
  const { t } = useTranslation();
  const flow = useDocument((open) => open.name);
  const stats = useLive((live) => live.topics[liveKey(flow, topic)]);
  if (!stats || (stats.rate === 0 && stats.waiting === 0)) return null;
  return (
    <span className={style.numbers} data-fullness={fullness(stats.waiting, stats.limit)}>
      {stats.rate > 0 && <span>{t("canvas.wireStats", { rate: short(stats.rate) })}</span>}
      {stats.waiting > 0 && (
        <span className={style.waiting} title={t("canvas.wireWaiting", { count: stats.waiting })}>
          {short(stats.waiting)}
        </span>
      )}
    </span>
  );
}
