// A list that grows at its end, and the tools above it: filters, what there is to know, clear. It stays at its end unless
// the person has scrolled up to read. Which rows it has is for the panel to say.
import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { IconSearch, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./panels.module.css";
import { useStick } from "./use-stick.ts";

export interface LiveListProps {
  readonly testId: string;
  readonly label: string;
  readonly filterLabel: string;
  /** Rows are filtered by it. */
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onClear: () => void;
  /** Filters beside the text. */
  readonly filters: ReactNode;
  readonly notes: ReactNode;
  readonly actions?: ReactNode;
  /** Serial of the last row; undefined: there are none, and `empty` is said. */
  readonly last: number | undefined;
  readonly empty: string;
  readonly children: ReactNode;
}

export function LiveList({
  testId,
  label,
  filterLabel,
  text,
  onText,
  onClear,
  filters,
  notes,
  actions,
  last,
  empty,
  children,
}: LiveListProps) {
  const { t } = useTranslation();
  const stick = useStick(last);
  return (
    <div className={classes.column} data-testid={testId}>
      <div className={classes.tools}>
        <TextInput
          size="xs"
          w={200}
          aria-label={filterLabel}
          placeholder={t("panels.filter")}
          leftSection={<IconSearch size={13} />}
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
        />
        {filters}
        <span className={classes.notes} role="status">
          {notes}
        </span>
        {actions}
        <Tooltip label={t("panels.clear")}>
          <ActionIcon size="sm" aria-label={t("panels.clear")} onClick={onClear}>
            <IconTrash size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={classes.scroll} role="log" aria-label={label} tabIndex={0} {...stick}>
        {children}
        {last === undefined && <p className={classes.empty}>{empty}</p>}
      </div>
    </div>
  );
}
