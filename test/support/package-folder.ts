// Node packages in a folder of their own, removed at the end.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TemporaryFolder extends Disposable {
  readonly path: string;
  /** Writes a file, objects as JSON; makes the folders on the way. Returns its path. */
  write(name: string, content: string | object): string;
}

export function temporaryFolder(files: Readonly<Record<string, string | object>> = {}): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "millrace-test-")));
  const folder: TemporaryFolder = {
    path,
    write(name, content) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
  for (const [name, content] of Object.entries(files)) folder.write(name, content);
  return folder;
}

/** Source of a module that exports one definition of this type. */
export function nodeSource(type: string, changes: string = ""): string {
  return `export default [{
    type: "${type}", title: "${type}", summary: "A test.", category: "test",
    config: { type: "object", properties: {} }, inputs: { in: {} }, outputs: { out: {} },
    start() { return { in() {} }; }, ${changes}
  }];`;
}
