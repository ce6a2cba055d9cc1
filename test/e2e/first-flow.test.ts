// The main job, as a person does it in the browser: draw a flow, script a node, deploy it, watch messages pass.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestBrowser } from "../support/browser.ts";
import { EngineProcess, type FlowFolder, flowFolder } from "../support/engine-process.ts";

let browser: TestBrowser;
let engine: EngineProcess;
let folder: FlowFolder;

beforeAll(async () => {
  folder = flowFolder({ title: "My first flow" });
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

test("a flow is drawn, scripted, deployed, watched, and still there after a reload", async () => {
  const { page, complaints } = await browser.page();
  await page.goto(engine.editorUrl);
  expect(page.url()).not.toContain("token");

  await dragToCanvas(page, "timer", 200, 200);
  await dragToCanvas(page, "script", 480, 200);
  await dragToCanvas(page, "debug", 760, 200);
  const timer = await nodeOfType(page, "Timer");
  const script = await nodeOfType(page, "Script");
  const debug = await nodeOfType(page, "Debug");
  await wire(page, `port-${timer}-out-tick`, `port-${script}-in-in`);
  await wire(page, `port-${script}-out-out`, `port-${debug}-in-in`);

  await page.getByTestId(`node-${script}`).click();
  const editor = page.getByTestId("code-editor").first();
  await editor.locator(".monaco-editor .view-lines").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.type("const wrong: number = message.id;");
  await page.locator(".squiggly-error").first().waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.type("return { hello: message.");
  await page.locator(".suggest-widget.visible").waitFor();
  await page.locator(".suggest-widget.visible").getByText("correlationId").first().waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.type('topic.length, from: "a script" };');

  await page.getByTestId("deploy").click();
  await page.getByText("Revision 2", { exact: true }).waitFor();
  await page.getByTestId(`inject-${timer}`).click();
  const row = page.getByTestId("debug-row").first();
  await row.waitFor();
  expect(await row.textContent()).toContain("a script");

  await page.reload();
  await page.getByTestId(`node-${script}`).waitFor();
  expect(await page.locator(".react-flow__node[data-id]").count()).toBeGreaterThanOrEqual(3);
  await page.getByTestId(`inject-${timer}`).click();
  await page.getByTestId("debug-row").first().waitFor();

  const flow = JSON.parse(readFileSync(folder.flow, "utf8"));
  expect(flow).toMatchObject({
    title: "My first flow",
    nodes: {
      [timer]: { type: "timer", outputs: { tick: [expect.any(String)] } },
      [script]: { type: "script", config: { code: { $file: expect.stringMatching(/\.ts$/) } } },
      [debug]: { type: "debug" },
    },
  });
  expect(flow.nodes[script].inputs.in).toEqual(flow.nodes[timer].outputs.tick);
  expect(Object.keys(flow.topics).sort()).toEqual(
    [...flow.nodes[timer].outputs.tick, ...flow.nodes[script].outputs.out].sort(),
  );
  const code = readFileSync(join(dirname(folder.flow), flow.nodes[script].config.code.$file), "utf8");
  expect(code).toBe('return { hello: message.topic.length, from: "a script" };');
  expect(JSON.stringify(flow)).not.toContain('"x":'); // where things stand is in the layout file
  expect(
    JSON.parse(readFileSync(folder.flow.replace(/json$/, "layout.json"), "utf8")).nodes[script],
  ).toMatchObject({
    x: expect.any(Number),
    y: expect.any(Number),
  });
  expect(complaints).toEqual([]);
});

async function dragToCanvas(page: Page, type: string, x: number, y: number): Promise<void> {
  await page.getByTestId(`palette-${type}`).dragTo(page.getByTestId("canvas"), { targetPosition: { x, y } });
}

/** The id of the node with this title on the canvas. */
async function nodeOfType(page: Page, title: string): Promise<string> {
  const node = page.locator('[data-testid^="node-"]', { hasText: title }).first();
  await node.waitFor();
  return ((await node.getAttribute("data-testid")) ?? "").slice("node-".length);
}

/** Drags from one port to another by mouse, as a person does. */
async function wire(page: Page, from: string, to: string): Promise<void> {
  const [start, end] = await Promise.all([centre(page, from), centre(page, to)]);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 5 });
  await page.mouse.move(end.x, end.y, { steps: 5 });
  await page.mouse.up();
}

async function centre(page: Page, testId: string): Promise<{ x: number; y: number }> {
  const box = await page.getByTestId(testId).boundingBox();
  if (!box) throw new Error(`${testId} is not on the page.`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
