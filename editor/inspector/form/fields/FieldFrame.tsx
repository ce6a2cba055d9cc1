// Label, description and fault of a field of ours, as Mantine's own inputs show theirs.
import { Input } from "@mantine/core";
import type { ReactNode } from "react";

export interface FieldFrameProps {
  readonly id: string;
  readonly label: string;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly errors: readonly string[];
  /** Small actions at the right end of the label. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function FieldFrame(props: FieldFrameProps) {
  const { id, label, description, required, errors, actions, children } = props;
  return (
    <Input.Wrapper
      id={id}
      size="xs"
      withAsterisk={required}
      label={
        actions === undefined ? (
          label
        ) : (
          <span style={{ display: "inline-flex", gap: 6, alignItems: "center" }}>
            {label}
            {actions}
          </span>
        )
      }
      {...(description === undefined ? {} : { description })}
      error={errors.length > 0 ? errors.join(" ") : undefined}
    >
      {children}
    </Input.Wrapper>
  );
}
