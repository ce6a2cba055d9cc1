// The window: bar on top, palette, canvas with its tabs and the panels below it, inspector.

import { notifications } from "@mantine/notifications";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Canvas } from "../canvas/Canvas.tsx";
import { DeployDialogs } from "../deploy/DeployDialogs.tsx";
import { useEditor, useShell } from "../editor.ts";
import { Inspector } from "../inspector/Inspector.tsx";
import { Palette } from "../palette/Palette.tsx";
import { BottomPanel } from "../panels/BottomPanel.tsx";
import { Boundary } from "./Boundary.tsx";
import { FlowTabs } from "./FlowTabs.tsx";
import { KeysDialog } from "./KeysDialog.tsx";
import { Splitter } from "./Splitter.tsx";
import style from "./shell.module.css";
import { TopBar } from "./TopBar.tsx";
import { useGlobalKeys } from "./use-global-keys.ts";

export function Workbench() {
  const paletteOpen = useShell((shell) => shell.paletteOpen);
  const inspectorOpen = useShell((shell) => shell.inspectorOpen);
  const inspectorWidth = useShell((shell) => shell.inspectorWidth);
  const bottomOpen = useShell((shell) => shell.bottomOpen);
  const bottomHeight = useShell((shell) => shell.bottomHeight);
  const { shell } = useEditor();
  useGlobalKeys();
  useNewsFromElsewhere();

  return (
    <div className={style.window}>
      <TopBar />
      <div className={style.middle}>
        {paletteOpen && <Palette />}
        <main className={style.centre}>
          <FlowTabs />
          <div className={style.canvas}>
            <Boundary>
              <Canvas />
            </Boundary>
          </div>
          {bottomOpen && (
            <div className={style.bottom} style={{ height: bottomHeight }}>
              <Splitter
                axis="y"
                size={bottomHeight}
                range={[96, 640]}
                onChange={(size) => shell.setState({ bottomHeight: size })}
              />
              <Boundary>
                <BottomPanel />
              </Boundary>
            </div>
          )}
          {inspectorOpen && (
            <Splitter
              axis="x"
              size={inspectorWidth}
              range={[260, 720]}
              onChange={(size) => shell.setState({ inspectorWidth: size })}
            />
          )}
        </main>
        {inspectorOpen && (
          <div className={style.inspector} style={{ width: inspectorWidth }}>
            <Boundary>
              <Inspector />
            </Boundary>
          </div>
        )}
      </div>
      <DeployDialogs />
      <KeysDialog />
    </div>
  );
}

function useNewsFromElsewhere() {
  const { t } = useTranslation();
  const { session } = useEditor();
  useEffect(
    () =>
      session.onElsewhere(({ event, loaded }) =>
        notifications.show({
          title: t("deploy.elsewhere", { revision: event.revision, author: event.author }),
          message: t(loaded ? "deploy.elsewhereLoaded" : "deploy.elsewhereKept"),
          color: loaded ? "blue" : "yellow",
        }),
      ),
    [session, t],
  );
}
