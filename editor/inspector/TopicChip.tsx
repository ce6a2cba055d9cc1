// A topic on a port: its name leads to it, its border says how it delivers, as its wire does.
import { UnstyledButton } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { topicOf } from "../document/draft.ts";
import { useDocument, useEditor } from "../editor.ts";
import classes from "./inspector.module.css";

export interface TopicChipProps {
  readonly name: string;
  readonly onRemove: () => void;
  /** Shown for streams only. */
  readonly streamAction?: ReactNode;
}

export function TopicChip({ name, onRemove, streamAction }: TopicChipProps) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const delivery = useDocument((state) => topicOf(state.draft, name)?.delivery ?? "memory");
  return (
    <span className={classes.chip} data-delivery={delivery}>
      <UnstyledButton
        className={classes.chipName}
        aria-label={t("inspector.wires.open", { topic: name })}
        onClick={() => document.reveal({ topic: name })}
      >
        {name}
      </UnstyledButton>
      {delivery === "stream" && streamAction}
      <UnstyledButton
        className={classes.chipButton}
        aria-label={t("inspector.wires.remove", { topic: name })}
        title={t("inspector.wires.remove", { topic: name })}
        onClick={onRemove}
      >
        <IconX size={11} />
      </UnstyledButton>
    </span>
  );
}
