// All keys at a glance.
import { Kbd, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useEditor, useShell } from "../editor.ts";
import style from "./shell.module.css";
import { IS_MAC, SHORTCUTS } from "./shortcuts.ts";

export function KeysDialog() {
  const { t } = useTranslation();
  const { shell } = useEditor();
  const open = useShell((state) => state.keysOpen);
  return (
    <Modal
      opened={open}
      onClose={() => shell.setState({ keysOpen: false })}
      title={t("keys.title")}
      size="md"
    >
      <dl className={style.keys}>
        {SHORTCUTS.map(({ label, keys }) => (
          <div key={label}>
            <dt>{t(`keys.${label}`)}</dt>
            <dd>
              {keys.map((combo) => (
                <span key={combo} className={style.combo}>
                  {combo.split("+").map((key) => (
                    <Kbd key={key} size="xs">
                      {key === "Mod" ? (IS_MAC ? "⌘" : "Ctrl") : key}
                    </Kbd>
                  ))}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className={style.faint}>{t("keys.box")}</p>
    </Modal>
  );
}
