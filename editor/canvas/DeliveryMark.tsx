// The sign of a delivery: a thin line, a dashed one, a thick one, as its wires are drawn.
import type { DeliveryKind } from "../../engine/admin/api.ts";
import style from "./wire.module.css";

export function DeliveryMark({ delivery }: { readonly delivery: DeliveryKind }) {
  return (
    <svg className={style.mark} data-delivery={delivery} width={14} height={6} aria-hidden>
      <line x1={1} y1={3} x2={13} y2={3} />
    </svg>
  );
}
