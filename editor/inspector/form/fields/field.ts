// What every field of ours is given, drawn from rjsf's props once (ValueField.tsx).

export interface ConfigFieldProps {
  readonly id: string;
  /** From the root of the config. */
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly label: string;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly disabled: boolean;
  readonly errors: readonly string[];
  /** `undefined` removes the value. */
  readonly onChange: (value: unknown) => void;
  readonly onBlur: () => void;
}

/** The value of a text input: an empty one is no value. */
export const textOrNothing = (text: string): string | undefined => (text === "" ? undefined : text);

/** A value as a text input shows it. */
export const asText = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
