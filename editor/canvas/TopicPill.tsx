// A topic that has no wire to carry its label: shared topics, and those with one end only.

import { IconWorld } from "@tabler/icons-react";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { own } from "../document/draft.ts";
import { isShared } from "../document/wires.ts";
import { useDocument } from "../editor.ts";
import { DeliveryMark } from "./DeliveryMark.tsx";
import type { PillElement } from "./elements.ts";
import { TopicNumbers } from "./TopicNumbers.tsx";
import style from "./wire.module.css";

export const TopicPill = memo(function TopicPill({ data, selected }: NodeProps<PillElement>) {
  const { t } = useTranslation();
  const { topic } = data;
  const delivery = useDocument((open) => own(open.draft.flow.topics, topic)?.delivery ?? "memory");
  const declared = useDocument((open) => own(open.draft.flow.topics, topic) !== undefined);
  return (
    <div
      className={style.pill}
      data-delivery={delivery}
      data-selected={selected}
      data-declared={declared}
      data-testid={`topic-${topic}`}
      title={isShared(topic) ? `${topic}: ${t("canvas.shared")}` : topic}
    >
      <Handle
        type="target"
        position={Position.Left}
        id="in"
        className={style.pillHandle}
        aria-label={t("canvas.topicEnd", { name: topic })}
        role="img"
      />
      {isShared(topic) ? (
        <IconWorld size={13} stroke={1.8} aria-hidden />
      ) : (
        <DeliveryMark delivery={delivery} />
      )}
      <span className={style.pillName}>{topic}</span>
      <TopicNumbers topic={topic} />
      <Handle
        type="source"
        position={Position.Right}
        id="out"
        className={style.pillHandle}
        aria-label={t("canvas.topicEnd", { name: topic })}
        role="img"
      />
    </div>
  );
});
