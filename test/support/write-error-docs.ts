// Writes docs/errors.md from the error catalogue: npm run docs:errors.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorDocs } from "./error-docs.ts";

writeFileSync(join(import.meta.dirname, "../../docs/errors.md"), errorDocs());
