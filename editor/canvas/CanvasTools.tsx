// Buttons in the corner of the canvas: add, zoom, show all, arrange.
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFocusCentered, IconMap2, IconMinus, IconPlus, IconSitemap } from "@tabler/icons-react";
import { Panel } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../editor.ts";
import style from "./canvas.module.css";
import type { CanvasActions } from "./use-canvas-actions.ts";

interface Tool {
  readonly label: string;
  readonly icon: React.ReactNode;
  readonly run: () => void;
  /** Whether it is switched on, for a switch. */
  readonly on?: boolean;
}

export function CanvasTools(props: { readonly actions: CanvasActions; readonly mapOpen: boolean }) {
  const { t } = useTranslation();
  const { shell } = useEditor();
  const { actions, mapOpen } = props;
  const tools: readonly Tool[] = [
    { label: t("canvas.zoomIn"), icon: <IconPlus size={16} stroke={1.7} />, run: () => actions.zoom(1) },
    { label: t("canvas.zoomOut"), icon: <IconMinus size={16} stroke={1.7} />, run: () => actions.zoom(-1) },
    { label: t("canvas.fit"), icon: <IconFocusCentered size={16} stroke={1.7} />, run: actions.fit },
    {
      label: t("canvas.arrange"),
      icon: <IconSitemap size={16} stroke={1.7} />,
      run: () => void actions.arrange(),
    },
    {
      label: t("canvas.map"),
      icon: <IconMap2 size={16} stroke={1.7} />,
      run: () => shell.setState({ mapOpen: !mapOpen }),
      on: mapOpen,
    },
  ];
  return (
    <Panel position="bottom-left" className={style.tools ?? ""}>
      {tools.map((tool) => (
        <Tooltip key={tool.label} label={tool.label} position="right">
          <ActionIcon size="md" aria-label={tool.label} aria-pressed={tool.on} onClick={tool.run}>
            {tool.icon}
          </ActionIcon>
        </Tooltip>
      ))}
    </Panel>
  );
}
