// Which node a form belongs to: fields that edit code need its ports and its files.
import { createContext } from "react";

/** The node's id, or null where the form belongs to none. */
export const NodeScope = createContext<string | null>(null);
