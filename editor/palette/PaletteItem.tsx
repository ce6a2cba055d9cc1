// One type in the palette: drag it onto the canvas, or press it to add it in the middle of the view.
import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NodeTypeInfo } from "../../engine/admin/api.ts";
import { useShell } from "../editor.ts";
import { carry } from "./carry.ts";
import style from "./palette.module.css";
import { TypeIcon } from "./TypeIcon.tsx";

export function PaletteItem({ info }: { readonly info: NodeTypeInfo }) {
  const { t } = useTranslation();
  const addNode = useShell((shell) => shell.addNode);
  return (
    <Tooltip label={info.summary} position="right" multiline maw={260} disabled={info.summary === ""}>
      <button
        type="button"
        draggable
        className={style.item}
        data-testid={`palette-${info.type}`}
        aria-label={info.title}
        aria-description={t("palette.hint", { title: info.title })}
        onDragStart={(event) => carry(event.dataTransfer, info.type)}
        onClick={() => addNode?.(info.type)}
      >
        <TypeIcon icon={info.icon} color={info.color} category={info.category} />
        <span className={style.title}>{info.title}</span>
      </button>
    </Tooltip>
  );
}
