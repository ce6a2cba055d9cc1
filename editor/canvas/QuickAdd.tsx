// A search box at the pointer: type a word, press Enter, and the node stands there. After drawing a wire into the
// empty it offers only types that fit the wire.
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Position } from "../document/draft.ts";
import { fittingPort, type LinkOrigin } from "../document/linking.ts";
import { allTypes } from "../document/types.ts";
import { useCatalogue, useDocument, useEditor } from "../editor.ts";
import { searchTypes } from "../palette/search.ts";
import { TypeIcon } from "../palette/TypeIcon.tsx";
import style from "./canvas.module.css";

export interface QuickAddPlace {
  /** Where the box opens, in pixels of the window. */
  readonly screen: Position;
  /** Where the node will stand, on the canvas. */
  readonly at: Position;
  /** What the node is to be wired to. */
  readonly origin: LinkOrigin | null;
}

const WIDTH = 280;
const HEIGHT = 320;

export function QuickAdd(props: {
  readonly place: QuickAddPlace;
  readonly onPick: (type: string) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const { place, onPick, onClose } = props;
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const catalogue = useCatalogue((state) => state.types);
  const flow = useDocument((open) => open.draft.flow);
  const fitting = useMemo(() => {
    const types = allTypes(catalogue, flow);
    const { origin } = place;
    if (origin === null) return types;
    const { draft } = document.current();
    return types.filter((info) => fittingPort(draft, catalogue, origin, info) !== null);
  }, [catalogue, flow, place, document]);
  const found = useMemo(() => searchTypes(fitting, text), [fitting, text]);
  const chosen = Math.min(active, found.length - 1);

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) onClose();
    };
    addEventListener("pointerdown", outside, true);
    return () => removeEventListener("pointerdown", outside, true);
  }, [onClose]);

  useEffect(() => {
    box.current?.querySelector(`[data-index="${chosen}"]`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const pressed = (event: React.KeyboardEvent) => {
    const pick = found[chosen];
    if (event.key === "ArrowDown") setActive(Math.min(chosen + 1, found.length - 1));
    else if (event.key === "ArrowUp") setActive(Math.max(chosen - 1, 0));
    else if (event.key === "Enter" && pick) onPick(pick.type);
    else if (event.key === "Escape" || event.key === "Tab") onClose();
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={box}
      className={style.quickAdd}
      style={{
        left: Math.min(place.screen.x, innerWidth - WIDTH - 12),
        top: Math.min(place.screen.y, innerHeight - HEIGHT - 12),
        width: WIDTH,
      }}
      data-testid="quick-add"
    >
      <div className={style.quickSearch}>
        <IconSearch size={14} aria-hidden />
        <input
          role="combobox"
          aria-expanded
          aria-controls="quick-add-list"
          aria-activedescendant={found[chosen] ? `quick-add-${found[chosen].type}` : undefined}
          aria-label={t("canvas.addSearch")}
          placeholder={t("canvas.addSearch")}
          value={text}
          // biome-ignore lint/a11y/noAutofocus: the box opened because the person wants to type
          autoFocus
          onChange={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={pressed}
        />
      </div>
      <div id="quick-add-list" role="listbox" aria-label={t("canvas.add")} className={style.quickList}>
        {found.map((info, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search box above handles the keys
          <div
            key={info.type}
            id={`quick-add-${info.type}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            data-index={index}
            className={style.quickItem}
            onPointerMove={() => setActive(index)}
            onClick={() => onPick(info.type)}
          >
            <TypeIcon icon={info.icon} color={info.color} category={info.category} size={20} />
            <span className={style.quickTitle}>{info.title}</span>
            <span className={style.quickCategory}>{info.category}</span>
          </div>
        ))}
        {found.length === 0 && (
          <p className={style.quickNone}>
            {text === "" ? t("canvas.addNoneFits") : t("canvas.addNone", { text })}
          </p>
        )}
      </div>
    </div>
  );
}
