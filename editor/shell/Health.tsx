// Connection and health in one light; opens the report of the components and the list of engines.
import { Popover } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLive } from "../editor.ts";
import style from "./shell.module.css";

export function Health() {
  const { t } = useTranslation();
  const connection = useLive((live) => live.connection);
  const health = useLive((live) => live.health);
  const engines = useLive((live) => live.engines);
  const [level, text] =
    connection !== "connected"
      ? (["warning", t(`health.${connection}`)] as const)
      : health?.status === "error"
        ? (["error", t("health.unhealthy")] as const)
        : (["ok", t("health.healthy")] as const);

  return (
    <Popover position="bottom-end" shadow="md" width={320}>
      <Popover.Target>
        <button type="button" className={style.health} title={t("health.open")}>
          <span className={style.light} data-level={level} />
          {text}
          {connection === "connected" && engines.length > 0 && (
            <span className={style.engines}>{t("health.engines", { count: engines.length })}</span>
          )}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={style.report}>
        {(health?.components ?? []).map((component) => (
          <div key={component.name} className={style.component}>
            <span className={style.light} data-level={component.healthy ? "ok" : "error"} />
            <span>{component.name}</span>
            <span className={style.faint}>{component.text}</span>
          </div>
        ))}
        {(health?.components.length ?? 0) === 0 && <div className={style.faint}>{t("health.nothing")}</div>}
        {engines.map((engine) => (
          <div key={engine.id} className={style.component}>
            <span className={style.light} data-level="ok" />
            <span>{engine.id}</span>
            <span className={style.faint}>
              {engine.host} · {engine.version}
              {engine.self ? ` · ${t("health.thisOne")}` : ""}
            </span>
          </div>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
