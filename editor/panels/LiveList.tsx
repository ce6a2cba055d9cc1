// A list that grows at its end, and the tools above it. Which rows it has is for its panel to say.
import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { IconSearch, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Numbered } from "../live/store.ts";
import classes from "./panels.module.css";
import { useStick } from "./use-stick.ts";

interface LiveListProps<T> {
  readonly name: "debug" | "log";
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onClear: () => void;
  /** More to filter by. */
  readonly filters: ReactNode;
  readonly notes: ReactNode;
  readonly actions?: ReactNode;
  readonly rows: readonly Numbered<T>[];
  readonly row: (row: Numbered<T>) => ReactNode;
  /** Said when there are no rows. */
  readonly empty: string;
}

export function LiveList<T>(list: LiveListProps<T>) {
  const { t } = useTranslation();
  const label = t(`panels.${list.name}`);
  const stick = useStick(list.rows.at(-1)?.serial);
  return (
    <div className={classes.column} data-testid={`${list.name}-panel`}>
      <div className={classes.tools}>
        <TextInput
          size="xs"
          w={200}
          aria-label={t(`panels.filterOf.${list.name}`)}
          placeholder={t("panels.filter")}
          leftSection={<IconSearch size={13} />}
          value={list.text}
          onChange={(event) => list.onText(event.currentTarget.value)}
        />
        {list.filters}
        <span className={classes.notes} role="status">
          {list.notes}
        </span>
        {list.actions}
        <Tooltip label={t("panels.clear")}>
          <ActionIcon size="sm" aria-label={t("panels.clear")} onClick={list.onClear}>
            <IconTrash size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={classes.scroll} role="log" aria-label={label} tabIndex={0} {...stick}>
        {list.rows.map(list.row)}
        {list.rows.length === 0 && <p className={classes.empty}>{list.empty}</p>}
      </div>
    </div>
  );
}
