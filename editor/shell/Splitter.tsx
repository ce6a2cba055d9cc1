// The edge of a side panel: drag it, or move it with the arrow keys. The panel lies to its right, or below it.
import { useTranslation } from "react-i18next";
import style from "./shell.module.css";

export function Splitter(props: {
  readonly axis: "x" | "y";
  readonly size: number;
  readonly range: readonly [number, number];
  readonly onChange: (size: number) => void;
}) {
  const { t } = useTranslation();
  const { axis, size, range, onChange } = props;
  const set = (next: number) => onChange(Math.round(Math.min(range[1], Math.max(range[0], next))));
  const position = (event: React.PointerEvent) => (axis === "x" ? event.clientX : event.clientY);

  const begin = (event: React.PointerEvent<HTMLDivElement>) => {
    const start = position(event);
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => set(size + start - (axis === "x" ? moved.clientX : moved.clientY));
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator with a value is a window splitter, an hr is not
    <div
      role="separator"
      tabIndex={0}
      className={style.splitter}
      data-axis={axis}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-label={t(axis === "x" ? "bar.inspector" : "bar.bottom")}
      aria-valuenow={size}
      aria-valuemin={range[0]}
      aria-valuemax={range[1]}
      onPointerDown={begin}
      onKeyDown={(event) => {
        const grow = axis === "x" ? "ArrowLeft" : "ArrowUp";
        const shrink = axis === "x" ? "ArrowRight" : "ArrowDown";
        if (event.key === grow) set(size + 16);
        else if (event.key === shrink) set(size - 16);
        else return;
        event.preventDefault();
      }}
    />
  );
}
