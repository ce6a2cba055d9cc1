// The left side: node types by category, to search, drag and add.
import { TextInput } from "@mantine/core";
import { IconChevronDown, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { NodeTypeInfo } from "../../engine/admin/api.ts";
import { allTypes } from "../document/types.ts";
import { useCatalogue, useDocument } from "../editor.ts";
import { PaletteItem } from "./PaletteItem.tsx";
import style from "./palette.module.css";
import { byCategory, searchTypes } from "./search.ts";

export function Palette() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const catalogue = useCatalogue((state) => state.types);
  const loaded = useCatalogue((state) => state.loaded);
  const scripted = useDocument((document) => document.draft.flow.types);
  const types = useMemo(
    () => allTypes(catalogue, scripted ? { types: scripted } : {}),
    [catalogue, scripted],
  );
  const found = useMemo(() => searchTypes(types, text), [types, text]);
  const groups = useMemo(() => byCategory(found), [found]);
  const searching = text.trim() !== "";

  const toggle = (category: string) => {
    const next = new Set(closed);
    if (!next.delete(category)) next.add(category);
    setClosed(next);
  };

  return (
    <aside className={style.palette} aria-label={t("palette.title")}>
      <div className={style.search}>
        <TextInput
          id="palette-search"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setText("");
          }}
          placeholder={t("palette.search")}
          aria-label={t("palette.search")}
          leftSection={<IconSearch size={14} />}
          type="search"
        />
      </div>
      <div className={style.list}>
        {searching
          ? found.map((info) => <PaletteItem key={info.type} info={info} />)
          : groups.map(({ category, types: members }) => (
              <Group
                key={category}
                category={category}
                types={members}
                open={!closed.has(category)}
                onToggle={() => toggle(category)}
              />
            ))}
        {loaded && found.length === 0 && (
          <p className={style.none}>{searching ? t("palette.none", { text }) : t("palette.empty")}</p>
        )}
      </div>
    </aside>
  );
}

function Group(props: {
  readonly category: string;
  readonly types: readonly NodeTypeInfo[];
  readonly open: boolean;
  readonly onToggle: () => void;
}) {
  const { t } = useTranslation();
  const label = t(`categories.${props.category}`, { defaultValue: capital(props.category) });
  return (
    <section className={style.group}>
      <button type="button" className={style.heading} aria-expanded={props.open} onClick={props.onToggle}>
        <IconChevronDown size={13} className={style.chevron} data-open={props.open} aria-hidden />
        {label}
        <span className={style.count}>{props.types.length}</span>
      </button>
      {props.open && props.types.map((info) => <PaletteItem key={info.type} info={info} />)}
    </section>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
