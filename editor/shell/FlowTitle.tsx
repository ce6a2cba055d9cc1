// The title of the open flow; click it to change it.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { setFlow } from "../document/commands.ts";
import { useDocument, useEditor } from "../editor.ts";
import style from "./shell.module.css";

export function FlowTitle() {
  const { t } = useTranslation();
  const { document } = useEditor();
  const name = useDocument((open) => open.name);
  const title = useDocument((open) => open.draft.flow.title);
  const revision = useDocument((open) => open.revision);
  const [typed, setTyped] = useState<string | null>(null);
  if (name === "") return <span />;

  const commit = () => {
    const next = typed?.trim();
    setTyped(null);
    if (next !== undefined && next !== (title ?? "")) {
      document.dispatch(setFlow({ title: next === "" ? undefined : next }));
    }
  };

  return (
    <div className={style.flowTitle}>
      {typed === null ? (
        <button
          type="button"
          className={style.titleButton}
          aria-label={`${t("bar.rename")}: ${title ?? name}`}
          onClick={() => setTyped(title ?? name)}
        >
          {title ?? name}
        </button>
      ) : (
        <input
          className={style.titleInput}
          aria-label={t("bar.titleField")}
          value={typed}
          // biome-ignore lint/a11y/noAutofocus: the person asked for this field by pressing the title
          autoFocus
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === "Enter") commit();
            if (event.key === "Escape") setTyped(null);
          }}
        />
      )}
      <span className={style.revision}>
        {revision === 0 ? t("bar.unsaved") : t("bar.revision", { revision })}
      </span>
    </div>
  );
}
