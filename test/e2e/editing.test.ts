// Editing in the browser: undo and redo, copy and paste, problems at their places, and that everyone can use it.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestBrowser } from "../support/browser.ts";
import { EngineProcess, type FlowFolder, flowFolder } from "../support/engine-process.ts";

const FLOW = {
  title: "Editing",
  topics: { ticks: {}, kept: { delivery: "stream" }, "/shared": { delivery: "pubsub", format: "json" } },
  nodes: {
    clock: { type: "timer", title: "Clock", config: { every: "1s" }, outputs: { tick: ["ticks"] } },
    work: {
      type: "script",
      title: "Work",
      config: { code: "return message.payload;" },
      inputs: { in: ["ticks"] },
      outputs: { out: ["kept", "/shared"] },
    },
    show: { type: "debug", title: "Show", inputs: { in: ["kept"] } },
  },
};

let browser: TestBrowser;
let engine: EngineProcess;
let folder: FlowFolder;

beforeAll(async () => {
  folder = flowFolder(FLOW);
  [browser, engine] = await Promise.all([
    TestBrowser.open(),
    EngineProcess.start({ flows: folder.flow, data: folder.data }),
  ]);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function open(scheme: "light" | "dark" = "light") {
  const { page, complaints } = await browser.page(scheme);
  await page.goto(engine.editorUrl);
  await page.getByTestId("node-work").waitFor();
  return { page, complaints };
}

const nodes = (page: Page) => page.locator('[data-testid^="node-"]').count();

test("everything can be undone and done again, also copies", async () => {
  const { page, complaints } = await open();
  await page.getByTestId("node-work").click();
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Control+C");
  await page.keyboard.press("Control+V");
  await expect.poll(() => nodes(page)).toBe(4);
  await page.keyboard.press("Delete");
  await expect.poll(() => nodes(page)).toBe(3);
  await page.keyboard.press("Control+Z");
  await expect.poll(() => nodes(page)).toBe(4);
  await page.keyboard.press("Control+Z");
  await expect.poll(() => nodes(page)).toBe(3);
  await page.getByTestId("redo").click();
  await expect.poll(() => nodes(page)).toBe(4);
  await page.getByTestId("undo").click();
  await expect.poll(() => nodes(page)).toBe(3);
  expect(complaints).toEqual([]);
});

test("a deploy with errors is refused, and each problem leads to its place", async () => {
  const { page } = await open();
  await page.getByTestId("node-clock").click();
  const every = page.getByTestId("inspector").getByLabel("Every", { exact: false }).first();
  await every.fill("soon");
  await every.blur();
  await page.getByTestId("deploy").click();
  const problem = page.getByTestId("problem-row").first();
  await problem.waitFor();
  expect(await problem.textContent()).toContain('"soon"');
  await page.keyboard.press("Escape");
  await problem.click();
  await expect.poll(() => page.getByTestId("inspector").getByText("Clock").count()).toBeGreaterThan(0);
  expect((await engine.api<{ revision: number }>("GET", "/api/flows/main")).revision).toBe(1);
});

test("live data shows on the canvas, also to whoever comes later", async () => {
  const { page: first } = await open();
  await expect.poll(() => first.getByTestId("canvas").innerText(), { timeout: 20_000 }).toMatch(/[\d.]+\/s/);
  const { page } = await open();
  await expect.poll(() => page.getByTestId("canvas").innerText(), { timeout: 20_000 }).toMatch(/[\d.]+\/s/);
  await page.getByTestId("debug-row").first().waitFor();
});

test("what debug nodes show can be paused, filtered and cleared, and the log is a tab away", async () => {
  const { page, complaints } = await open();
  const list = page.getByRole("log");
  const rows = page.getByTestId("debug-row");
  await expect.poll(() => rows.count()).toBeGreaterThan(1);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByText("new message").waitFor();
  await page.getByLabel("Filter debug messages").fill("nothing has this");
  await expect.poll(() => list.textContent()).toBe("Nothing matches the filter.");
  await page.getByLabel("Filter debug messages").fill("");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect.poll(() => list.textContent()).toBe("Messages that reach a debug node appear here.");
  await page.getByRole("button", { name: "Go on", exact: true }).click();
  await rows.first().waitFor();
  await page.getByRole("tab", { name: "Log", exact: true }).click();
  await page.getByLabel("Filter log lines").fill("nothing has this");
  await expect.poll(() => list.textContent()).toMatch(/No line yet.|Nothing matches the filter./);
  expect(complaints).toEqual([]);
});

describe.each(["light", "dark"] as const)("in the %s scheme", (scheme) => {
  test("axe finds nothing serious", async () => {
    const { page, complaints } = await open(scheme);
    await page.getByTestId("node-work").click();
    await page.locator(".monaco-editor .view-lines").first().waitFor();
    const { violations } = await new AxeBuilder({ page }).exclude(".monaco-editor").analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes: found }) => [id, found.map(({ target }) => target.join(" "))])).toEqual(
      [],
    );
    expect(complaints).toEqual([]);
  });
});
