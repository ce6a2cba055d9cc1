// `{ "$secret": "name" }` in a config becomes the secret when the node starts: it is in no plan and no revision.
import { secretMissing } from "../base/errors/runtime.ts";

export async function resolveSecrets(
  value: unknown,
  secret: (name: string) => Promise<string | undefined>,
): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveSecrets(item, secret)));
  if (value === null || typeof value !== "object") return value;
  if ("$secret" in value && typeof value.$secret === "string") {
    const found = await secret(value.$secret);
    if (found === undefined) throw secretMissing({ name: value.$secret });
    return found;
  }
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await resolveSecrets(item, secret)] as const),
  );
  return Object.fromEntries(entries);
}
