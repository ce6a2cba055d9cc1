// The smallest Redis user, as docs/redis.md tells people to make it.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The rules of the ACL SETUSER line, behind the name. */
export function documentedRedisUser(): string[] {
  const page = readFileSync(join(import.meta.dirname, "../../docs/redis.md"), "utf8");
  const [, rules = ""] = /^ACL SETUSER millrace ((?:.*\\\n)*.*)$/m.exec(page) ?? [];
  return rules.split(/[\s\\]+/);
}
