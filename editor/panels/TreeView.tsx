// A value as a tree that can be opened, row by row; each row gives its path and its value to the clipboard.
import { UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconClipboard, IconCode } from "@tabler/icons-react";
import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./tree.module.css";
import { CHILD_LIMIT, copyText, type TreeRow, treeRows } from "./value-tree.ts";

export interface TreeViewProps {
  readonly value: unknown;
  /** Where copied paths start: `payload`. */
  readonly root?: string;
  readonly startsOpen?: boolean;
}

const NOTHING_OPEN: ReadonlySet<string> = new Set();

export const TreeView = memo(function TreeView({ value, root = "", startsOpen = false }: TreeViewProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<ReadonlySet<string>>(() => (startsOpen ? new Set([root]) : NOTHING_OPEN));
  const [limits, setLimits] = useState<ReadonlyMap<string, number>>(new Map());
  const rows = useMemo(() => treeRows(value, open, { root, limits }), [value, open, root, limits]);
  const toggle = (path: string) => {
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    setOpen(next);
  };
  return (
    <div className={classes.tree}>
      {rows.map((row) =>
        row.hidden === undefined ? (
          <Row key={row.path} row={row} onToggle={toggle} />
        ) : (
          <UnstyledButton
            key={`${row.path} more`}
            className={classes.more}
            style={{ paddingLeft: indent(row.depth) }}
            onClick={() =>
              setLimits(new Map(limits).set(row.path, (limits.get(row.path) ?? CHILD_LIMIT) + CHILD_LIMIT))
            }
          >
            {t("tree.more", { count: row.hidden })}
          </UnstyledButton>
        ),
      )}
    </div>
  );
});

const indent = (depth: number): number => 4 + depth * 14;

function Row({ row, onToggle }: { readonly row: TreeRow; readonly onToggle: (path: string) => void }) {
  const { t } = useTranslation();
  const name = row.name || t("tree.value");
  const text = (
    <>
      {row.name !== "" && <span className={classes.name}>{row.name}: </span>}
      <span className={classes.value} data-kind={row.kind}>
        {row.preview}
      </span>
    </>
  );
  return (
    <div className={classes.row} style={{ paddingLeft: indent(row.depth) }}>
      {row.expandable ? (
        <UnstyledButton
          className={classes.open}
          aria-expanded={row.expanded}
          aria-label={`${t(row.expanded ? "tree.collapse" : "tree.expand", { name })} ${row.preview}`}
          onClick={() => onToggle(row.path)}
        >
          <IconChevronRight size={12} className={classes.chevron} data-open={row.expanded} aria-hidden />
          <span className={classes.text}>{text}</span>
        </UnstyledButton>
      ) : (
        <span className={classes.leaf}>
          <span className={classes.text}>{text}</span>
        </span>
      )}
      <span className={classes.actions}>
        {row.path !== "" && (
          <Copy label={t("tree.copyPath")} text={() => row.path} icon={<IconCode size={12} />} />
        )}
        <Copy
          label={t("tree.copyValue")}
          text={() => copyText(row.value)}
          icon={<IconClipboard size={12} />}
        />
      </span>
    </div>
  );
}

function Copy(props: {
  readonly label: string;
  readonly text: () => string;
  readonly icon: React.ReactNode;
}) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  return (
    <UnstyledButton
      className={classes.action}
      aria-label={props.label}
      title={done ? t("tree.copied") : props.label}
      data-done={done}
      onClick={() => {
        navigator.clipboard.writeText(props.text()).then(
          () => setDone(true),
          () => setDone(false), // the browser asked and the person said no
        );
      }}
      onPointerLeave={() => setDone(false)}
    >
      {props.icon}
    </UnstyledButton>
  );
}
