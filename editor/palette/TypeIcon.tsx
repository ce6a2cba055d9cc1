// The coloured tile with a type's icon.
import { iconOf } from "./icons.ts";
import style from "./palette.module.css";
import { toneOf } from "./tones.ts";

export function TypeIcon(props: {
  readonly icon: string | undefined;
  readonly color: string | undefined;
  readonly category: string | undefined;
  readonly size?: number;
}) {
  const Icon = iconOf(props.icon);
  const size = props.size ?? 22;
  return (
    <span
      className={style.icon}
      style={
        { width: size, height: size, "--tone": toneOf(props.color, props.category) } as React.CSSProperties
      }
      aria-hidden
    >
      <Icon size={Math.round(size * 0.68)} stroke={1.8} />
    </span>
  );
}
