// A search box at the pointer: type a word, press Enter, and the node stands there. After drawing a wire into the
// empty it offers only types that fit the wire.
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Position } from "../document/draft.ts";
import type { LinkOrigin } from "../document/linking.ts";
import { useCatalogue, useDocument, useEditor } from "../editor.ts";
import { TypeIcon } from "../palette/TypeIcon.tsx";
import style from "./canvas.module.css";
import { type Choice, choices } from "./choices.ts";

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
  readonly onPick: (choice: Choice) => void;
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
  const found = useMemo(
    () => choices({ ...document.current().draft, flow }, catalogue, place.origin, text),
    [document, flow, catalogue, place, text],
  );
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
    else if (event.key === "Enter" && pick) onPick(pick);
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
          aria-activedescendant={found[chosen] ? `quick-add-${chosen}` : undefined}
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
        {found.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search box above handles the keys
          <div
            key={choice.kind === "type" ? `type:${choice.info.type}` : `topic:${choice.name}`}
            id={`quick-add-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            data-index={index}
            className={style.quickItem}
            onPointerMove={() => setActive(index)}
            onClick={() => onPick(choice)}
          >
            <Line choice={choice} />
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

function Line({ choice }: { readonly choice: Choice }) {
  const { t } = useTranslation();
  if (choice.kind === "topic") {
    return (
      <>
        <TypeIcon icon="topic" color="gray" category={undefined} size={20} />
        <span className={style.quickTitle}>{choice.name}</span>
        <span className={style.quickCategory}>{t(choice.isNew ? "canvas.newTopic" : "canvas.oldTopic")}</span>
      </>
    );
  }
  const { info } = choice;
  return (
    <>
      <TypeIcon icon={info.icon} color={info.color} category={info.category} size={20} />
      <span className={style.quickTitle}>{info.title}</span>
      <span className={style.quickCategory}>{info.category}</span>
    </>
  );
}
