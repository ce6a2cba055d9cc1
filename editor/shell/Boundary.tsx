// Keeps a fault in one part of the window from taking the others along: says so in its place, and offers to try again.
import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import style from "./shell.module.css";

interface BoundaryState {
  readonly fault: Error | null;
}

export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { fault: null };

  static getDerivedStateFromError(fault: unknown): BoundaryState {
    return { fault: fault instanceof Error ? fault : new Error(String(fault)) };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (fault === null) return this.props.children;
    return <Fault fault={fault} onRetry={() => this.setState({ fault: null })} />;
  }
}

function Fault({ fault, onRetry }: { readonly fault: Error; readonly onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={style.fault} role="alert">
      <strong>{t("fault.title")}</strong>
      <span>{t("fault.hint")}</span>
      <code>{fault.message}</code>
      <div className={style.group}>
        <Button variant="default" onClick={onRetry}>
          {t("fault.retry")}
        </Button>
        <Button variant="subtle" onClick={() => location.reload()}>
          {t("fault.reload")}
        </Button>
      </div>
    </div>
  );
}
