// Buttons in the corner of the canvas: add, zoom, show all, arrange.
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFocusCentered, IconMinus, IconPlus, IconSitemap } from "@tabler/icons-react";
import { Panel } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import style from "./canvas.module.css";
import type { CanvasActions } from "./use-canvas-actions.ts";

export function CanvasTools({ actions }: { readonly actions: CanvasActions }) {
  const { t } = useTranslation();
  const tools = [
    { label: t("canvas.zoomIn"), icon: <IconPlus size={16} stroke={1.7} />, run: () => actions.zoom(1) },
    { label: t("canvas.zoomOut"), icon: <IconMinus size={16} stroke={1.7} />, run: () => actions.zoom(-1) },
    { label: t("canvas.fit"), icon: <IconFocusCentered size={16} stroke={1.7} />, run: actions.fit },
    {
      label: t("canvas.arrange"),
      icon: <IconSitemap size={16} stroke={1.7} />,
      run: () => void actions.arrange(),
    },
  ];
  return (
    <Panel position="bottom-left" className={style.tools ?? ""}>
      {tools.map((tool) => (
        <Tooltip key={tool.label} label={tool.label} position="right">
          <ActionIcon size="md" aria-label={tool.label} onClick={tool.run}>
            {tool.icon}
          </ActionIcon>
        </Tooltip>
      ))}
    </Panel>
  );
}
