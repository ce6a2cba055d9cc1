// A part of the inspector that can be closed; it stays as it was left while the page is open.
import { UnstyledButton } from "@mantine/core";
import { useSessionStorage } from "@mantine/hooks";
import { IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useId } from "react";
import classes from "./inspector.module.css";

export interface SectionProps {
  /** Names the section for ever: whether it is open is kept by this. */
  readonly id: string;
  readonly title: string;
  /** A short note at the right end of the heading. */
  readonly note?: ReactNode;
  readonly startsClosed?: boolean;
  readonly children: ReactNode;
}

export function Section({ id, title, note, startsClosed = false, children }: SectionProps) {
  const [open, setOpen] = useSessionStorage({
    key: `millrace:section:${id}`,
    defaultValue: !startsClosed,
    getInitialValueInEffect: false,
  });
  const body = useId();
  return (
    <section className={classes.section}>
      <h2 className={classes.sectionHead}>
        <UnstyledButton
          className={classes.sectionButton}
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
        >
          <IconChevronRight size={14} className={classes.chevron} data-open={open} />
          {title}
        </UnstyledButton>
        {note !== undefined && <span className={classes.note}>{note}</span>}
      </h2>
      {open && (
        <div className={classes.sectionBody} id={body}>
          {children}
        </div>
      )}
    </section>
  );
}
