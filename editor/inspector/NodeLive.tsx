// What a running node has done: counts, and its last errors.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { NodeDetail } from "../../engine/admin/api.ts";
import { own } from "../document/draft.ts";
import { useDocument, useEditor, useLive } from "../editor.ts";
import { liveKey } from "../live/store.ts";
import classes from "./inspector.module.css";
import { Section } from "./Section.tsx";

const COUNTS = ["received", "settled", "emitted", "retried", "failed"] as const;

export function NodeLive({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const { api } = useEditor();
  const flow = useDocument((document) => document.name);
  const deployed = useDocument((document) => own(document.deployed.flow.nodes, id) !== undefined);
  const counts = useLive((live) => live.counts[liveKey(flow, id)]);
  const [detail, setDetail] = useState<NodeDetail | null>(null);
  const failed = counts?.failed ?? 0;

  // Read once, and again when it failed once more: errors come over HTTP, counts live.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `failed` says when to read again
  useEffect(() => {
    if (!deployed) return setDetail(null);
    let wanted = true;
    api.node(flow, id).then(
      (answer) => wanted && setDetail(answer),
      () => wanted && setDetail(null),
    );
    return () => {
      wanted = false;
    };
  }, [api, flow, id, deployed, failed]);

  const shown = counts ?? detail?.counts;
  if (!deployed || !shown) return null;
  return (
    <Section id="node-live" title={t("inspector.node.counts")}>
      <div className={classes.numbers}>
        {COUNTS.map((name) => (
          <span key={name} className={classes.number}>
            <b>{shown[name]}</b>
            <span>{t(`inspector.node.${name}`)}</span>
          </span>
        ))}
      </div>
      {detail && detail.errors.length > 0 && (
        <>
          <h3 className={classes.subhead}>{t("inspector.node.errors")}</h3>
          {detail.errors.slice(0, 3).map((error) => (
            <p key={`${error.time} ${error.message}`} className={classes.error} title={error.stack}>
              {new Date(error.time).toLocaleTimeString()} {error.message}
            </p>
          ))}
        </>
      )}
    </Section>
  );
}
