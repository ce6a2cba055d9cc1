// The whole flow in small, drawn as one picture: a thousand nodes cost one repaint, not a thousand components.
// Press or drag in it to move the view.
import { useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Canvas } from "../document/canvas.ts";
import style from "./canvas.module.css";

const WIDTH = 168;
const HEIGHT = 112;
const MARGIN = 10;

export function OverviewMap({ canvas, scheme }: { readonly canvas: Canvas; readonly scheme: string }) {
  const { t } = useTranslation();
  const picture = useRef<HTMLCanvasElement>(null);
  const { setCenter, getZoom } = useReactFlow();
  const x = useStore((state) => state.transform[0]);
  const y = useStore((state) => state.transform[1]);
  const zoom = useStore((state) => state.transform[2]);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const frame = useMemo(() => frameOf(canvas), [canvas]);

  useEffect(() => {
    const element = picture.current;
    const pen = element?.getContext("2d");
    if (!element || !pen) return;
    const ratio = devicePixelRatio;
    element.width = WIDTH * ratio;
    element.height = HEIGHT * ratio;
    // Read here, so that a change of the colour scheme is seen.
    const colours = getComputedStyle(element);
    pen.setTransform(ratio * frame.scale, 0, 0, ratio * frame.scale, ratio * frame.left, ratio * frame.top);
    pen.clearRect(-1e6, -1e6, 2e6, 2e6);
    const least = 2 / frame.scale;
    pen.fillStyle = colours.getPropertyValue(scheme === "dark" ? "--mr-line-strong" : "--mr-wire");
    for (const box of [...canvas.nodes, ...canvas.pills])
      pen.fillRect(box.x, box.y, Math.max(box.width, least), Math.max(box.height, least));
    pen.strokeStyle = colours.getPropertyValue("--mr-accent");
    pen.lineWidth = 1.5 / frame.scale;
    pen.strokeRect(-x / zoom, -y / zoom, width / zoom, height / zoom);
  }, [canvas, frame, scheme, x, y, zoom, width, height]);

  const go = (event: React.PointerEvent) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = {
      x: (event.clientX - box.left - frame.left) / frame.scale,
      y: (event.clientY - box.top - frame.top) / frame.scale,
    };
    void setCenter(at.x, at.y, { zoom: getZoom() });
  };

  return (
    <canvas
      ref={picture}
      className={style.map}
      style={{ width: WIDTH, height: HEIGHT }}
      role="img"
      aria-label={t("canvas.map")}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    />
  );
}

/** How the flow fits into the picture: its scale, and where its origin comes to lie. */
function frameOf(canvas: Canvas): { scale: number; left: number; top: number } {
  const boxes = [...canvas.nodes, ...canvas.pills];
  if (boxes.length === 0) return { scale: 0.1, left: MARGIN, top: MARGIN };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  const wide = Math.max(right - left, 1);
  const high = Math.max(bottom - top, 1);
  const scale = Math.min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high, 0.2);
  return {
    scale,
    left: (WIDTH - wide * scale) / 2 - left * scale,
    top: (HEIGHT - high * scale) / 2 - top * scale,
  };
}
