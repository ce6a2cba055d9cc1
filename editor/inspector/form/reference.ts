// Config values that stand for others: `${NAME}` in a string, `{ "$secret": "name" }`, `{ "$file": "path" }`. Pure.

export const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True for a string that reads the environment. */
export const readsEnvironment = (value: unknown): boolean =>
  typeof value === "string" && /\$\{[^}]*\}/.test(value);

/** `$secret` or `$file` of a value, with the name it gives. */
export function namedReference(
  value: unknown,
): { readonly kind: "secret" | "file"; readonly name: string } | undefined {
  if (!isPlain(value) || Object.keys(value).length !== 1) return undefined;
  if (typeof value.$secret === "string") return { kind: "secret", name: value.$secret };
  if (typeof value.$file === "string") return { kind: "file", name: value.$file };
  return undefined;
}

/**
 * True for a value that the schema's type does not speak about. A string that reads the environment is at home in
 * a text field, and a reference anywhere else.
 */
export function isReference(value: unknown, text: boolean): boolean {
  return namedReference(value) !== undefined || (!text && readsEnvironment(value));
}
