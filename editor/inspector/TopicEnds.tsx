// Who emits into a topic and who reads it; a click leads there.
import { UnstyledButton } from "@mantine/core";
import { Fragment, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { own, type PortRef } from "../document/draft.ts";
import { topicUses } from "../document/wires.ts";
import { useDocument, useEditor } from "../editor.ts";
import classes from "./inspector.module.css";

export function TopicEnds({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const flow = useDocument((document) => document.draft.flow);
  const use = useMemo(() => topicUses(flow).get(name), [flow, name]);
  return (
    <div className={classes.two}>
      <Ends title={t("inspector.topic.emitters")} ends={use?.emitters ?? []} />
      <Ends title={t("inspector.topic.readers")} ends={use?.readers ?? []} />
    </div>
  );
}

function Ends({ title, ends }: { readonly title: string; readonly ends: readonly PortRef[] }) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const nodes = useDocument((state) => state.draft.flow.nodes);
  return (
    <div>
      <h3 className={classes.subhead}>{title}</h3>
      {ends.length === 0 && <p className={classes.hint}>{t("inspector.topic.nobody")}</p>}
      {ends.map(({ node, port }) => (
        <Fragment key={`${node} ${port}`}>
          <UnstyledButton className={classes.chipName} ml={-9} onClick={() => document.reveal({ node })}>
            {own(nodes, node)?.title ?? node}
            {port !== "in" && port !== "out" && ` · ${port}`}
          </UnstyledButton>
          <br />
        </Fragment>
      ))}
    </div>
  );
}
