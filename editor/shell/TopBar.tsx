// The bar on top: the flow's title, undo and redo, panels, colours, health, validate and deploy.
import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconDots,
  IconKeyboard,
  IconLayoutBottombar,
  IconLayoutSidebar,
  IconLayoutSidebarRight,
  IconLogout,
  IconMoon,
  IconSun,
  IconSunMoon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { DeployButtons } from "../deploy/DeployButtons.tsx";
import { useDocument, useEditor, useShell } from "../editor.ts";
import { useFlowMenu } from "./FlowMenu.tsx";
import { FlowTitle } from "./FlowTitle.tsx";
import { Health } from "./Health.tsx";
import logo from "./logo.svg";
import style from "./shell.module.css";

export function TopBar() {
  const { t } = useTranslation();
  return (
    <header className={style.bar}>
      <h1 className={style.brand}>
        <img src={logo} alt="" width={24} height={24} />
        {t("app.name")}
      </h1>
      <FlowTitle />
      <UndoRedo />
      <div className={style.space} />
      <Health />
      <div className={style.group}>
        <PanelToggle
          panel="paletteOpen"
          label={t("bar.palette")}
          icon={<IconLayoutSidebar size={18} stroke={1.6} />}
        />
        <PanelToggle
          panel="bottomOpen"
          label={t("bar.bottom")}
          icon={<IconLayoutBottombar size={18} stroke={1.6} />}
        />
        <PanelToggle
          panel="inspectorOpen"
          label={t("bar.inspector")}
          icon={<IconLayoutSidebarRight size={18} stroke={1.6} />}
        />
        <SchemeToggle />
        <More />
      </div>
      <DeployButtons />
    </header>
  );
}

function UndoRedo() {
  const { t } = useTranslation();
  const { document } = useEditor();
  const undoLabel = useDocument((open) => open.history.past.at(-1)?.label);
  const redoLabel = useDocument((open) => open.history.future.at(-1)?.label);
  return (
    <div className={style.group}>
      <Tooltip label={undoLabel === undefined ? t("bar.undo") : t("bar.undoWhat", { label: undoLabel })}>
        <ActionIcon
          aria-label={t("bar.undo")}
          disabled={undoLabel === undefined}
          onClick={document.undo}
          data-testid="undo"
        >
          <IconArrowBackUp size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={redoLabel === undefined ? t("bar.redo") : t("bar.redoWhat", { label: redoLabel })}>
        <ActionIcon
          aria-label={t("bar.redo")}
          disabled={redoLabel === undefined}
          onClick={document.redo}
          data-testid="redo"
        >
          <IconArrowForwardUp size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function PanelToggle(props: {
  readonly panel: "paletteOpen" | "inspectorOpen" | "bottomOpen";
  readonly label: string;
  readonly icon: React.ReactNode;
}) {
  const { shell } = useEditor();
  const open = useShell((state) => state[props.panel]);
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        aria-label={props.label}
        aria-pressed={open}
        data-on={open}
        className={style.toggle}
        onClick={() => shell.setState({ [props.panel]: !open })}
      >
        {props.icon}
      </ActionIcon>
    </Tooltip>
  );
}

function SchemeToggle() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = { auto: "light", light: "dark", dark: "auto" } as const;
  const Icon = { auto: IconSunMoon, light: IconSun, dark: IconMoon }[colorScheme];
  const label = t("bar.scheme", { scheme: t(`bar.${colorScheme}`) });
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={() => setColorScheme(next[colorScheme])}>
        <Icon size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function More() {
  const { t } = useTranslation();
  const { shell, session } = useEditor();
  const { items, dialog } = useFlowMenu();
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon aria-label={t("bar.more")}>
            <IconDots size={18} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {items}
          <Menu.Item
            leftSection={<IconKeyboard size={15} />}
            onClick={() => shell.setState({ keysOpen: true })}
          >
            {t("bar.keys")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void session.logout()}>
            {t("login.signOut")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog}
    </>
  );
}
