// One wire: its line says the delivery, its label the topic. All wires of a selected topic light up together.
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { own } from "../document/draft.ts";
import { parseWireId } from "../document/wires.ts";
import { useDocument, useEditor, useLive } from "../editor.ts";
import { liveKey } from "../live/store.ts";
import { DeliveryMark } from "./DeliveryMark.tsx";
import type { WireElement } from "./elements.ts";
import { fullness } from "./numbers.ts";
import { TopicNumbers } from "./TopicNumbers.tsx";
import style from "./wire.module.css";
import { wirePath } from "./wire-path.ts";

/** Above this a pulse per message would be a blur. */
const PULSE_BELOW = 20;

export const TopicWire = memo(function TopicWire(props: EdgeProps<WireElement>) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const { id, data, selected } = props;
  const topic = data?.topic ?? parseWireId(id).topic;
  const delivery = useDocument((open) => own(open.draft.flow.topics, topic)?.delivery ?? "memory");
  const together = useDocument(
    (open) =>
      open.selection.topics.includes(topic) ||
      open.selection.wires.some((wire) => parseWireId(wire).topic === topic),
  );
  const flow = useDocument((open) => open.name);
  const stats = useLive((live) => live.topics[liveKey(flow, topic)]);
  const full = stats ? fullness(stats.waiting, stats.limit) : "low";
  const [path, middleX, middleY] = wirePath(props);

  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={18}
        className={style.wire ?? ""}
        data-delivery={delivery}
        data-together={together}
        data-selected={selected === true}
        data-fullness={full}
      />
      {stats && stats.rate > 0 && stats.rate < PULSE_BELOW && <Pulse path={path} beat={stats} />}
      {data?.labelled && (
        <EdgeLabelRenderer>
          <div
            className={style.labelPlace}
            data-wire={id}
            style={{ transform: `translate(-50%, -50%) translate(${middleX}px, ${middleY}px)` }}
          >
            <button
              type="button"
              className={`${style.label} nodrag nopan`}
              data-delivery={delivery}
              data-together={together}
              data-fullness={full}
              data-testid={`topic-${topic}`}
              aria-label={t("canvas.topic", { name: topic })}
              onClick={(event) => {
                event.stopPropagation();
                document.select({ topics: [topic] });
              }}
            >
              <DeliveryMark delivery={delivery} />
              <span className={style.labelName}>{topic}</span>
            </button>
            <TopicNumbers topic={topic} />
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

const beats = new WeakMap<object, number>();
let beatCount = 0;

/** A dot that runs along the wire once for every second in which something flowed. */
function Pulse({ path, beat }: { readonly path: string; readonly beat: object }) {
  const known = beats.get(beat);
  const serial = known ?? ++beatCount;
  if (known === undefined) beats.set(beat, serial);
  return <circle key={serial} className={style.pulse} r={3} style={{ offsetPath: `path("${path}")` }} />;
}
