import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testAdmin } from "../../support/admin.ts";

describe("the editor", () => {
  let folder: string;
  let editorFolder: string;
  const page = { accept: "text/html,application/xhtml+xml" };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-editor-"));
    editorFolder = join(folder, "dist");
    await mkdir(join(editorFolder, "assets"), { recursive: true });
    await writeFile(join(editorFolder, "index.html"), "<!doctype html><title>Millrace</title>");
    await writeFile(join(editorFolder, "assets", "index-BX3k9_aQ.js"), "start()");
    await writeFile(join(editorFolder, "favicon.svg"), "<svg/>");
    await writeFile(join(editorFolder, ".secret"), "hidden words");
    await writeFile(join(folder, "outside.txt"), "hidden words");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("opens without signing in, and is asked for anew each time", async () => {
    await using admin = await testAdmin({ editorFolder });
    const answer = await admin.plain("/", { headers: page });
    expect([answer.status, answer.text]).toEqual([200, "<!doctype html><title>Millrace</title>"]);
    expect(answer.headers).toMatchObject({
      "cache-control": "no-cache",
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
  });

  it("keeps files with a hash in their name for ever, others not", async () => {
    await using admin = await testAdmin({ editorFolder });
    const hashed = await admin.plain("/assets/index-BX3k9_aQ.js");
    expect(hashed.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(hashed.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect((await admin.plain("/favicon.svg")).headers["cache-control"]).toBe("no-cache");
  });

  it("opens at any of its own addresses", async () => {
    await using admin = await testAdmin({ editorFolder });
    expect((await admin.plain("/flows/main?node=a", { headers: page })).text).toContain("Millrace");
  });

  it.each(["/api/nothing", "/assets/gone-12345678.js"])("does not stand in for %s", async (path) => {
    await using admin = await testAdmin({ editorFolder });
    const answer = await admin.plain(path, { headers: page });
    expect([answer.status, answer.json]).toMatchObject([404, { error: { code: "admin/no-such-route" } }]);
  });

  it.each([
    "/../outside.txt",
    "/%2e%2e/outside.txt",
    "/..%2foutside.txt",
    "/.secret",
    "/assets/../../outside.txt",
  ])("never serves %s", async (path) => {
    await using admin = await testAdmin({ editorFolder });
    const answer = await admin.plain(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain("hidden");
  });

  it("leaves a hint where it is not served", async () => {
    await using admin = await testAdmin();
    const answer = await admin.plain("/");
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(answer.text).toContain("without its editor");
  });
});
