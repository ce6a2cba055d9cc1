// The course of a wire: a calm curve forwards; around the nodes when it leads back.
import { getBezierPath, getSmoothStepPath, Position } from "@xyflow/react";

export interface WireCourse {
  readonly sourceX: number;
  readonly sourceY: number;
  readonly targetX: number;
  readonly targetY: number;
  readonly sourcePosition: Position;
  readonly targetPosition: Position;
}

/** SVG path, and the middle for its label. */
export function wirePath(course: WireCourse): [path: string, x: number, y: number] {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = course;
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition };
  if (targetX < sourceX - 24 && sourcePosition === Position.Right) {
    // Back: down (or up) past the nodes, so that the wire does not run through them.
    const away = Math.abs(targetY - sourceY) < 90 ? Math.max(sourceY, targetY) + 90 : (sourceY + targetY) / 2;
    const [path, x, y] = getSmoothStepPath({ ...ends, borderRadius: 12, offset: 22, centerY: away });
    return [path, x, y];
  }
  const [path, x, y] = getBezierPath({ ...ends, curvature: 0.3 });
  return [path, x, y];
}
