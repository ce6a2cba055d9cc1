// What a deploy does with each answer of the engine.
import { describe, expect, it } from "vitest";
import type { Api } from "../../../editor/api/api.ts";
import { ApiFailure } from "../../../editor/api/request.ts";
import { createDeployment } from "../../../editor/deploy/deployment.ts";
import { setFlow } from "../../../editor/document/commands.ts";
import { edits } from "../../../editor/document/edits.ts";
import { createDocumentStore } from "../../../editor/document/store.ts";
import type { DeployRequest, DeployResult, Problem } from "../../../engine/admin/api.ts";
import { ALARM } from "./flows.ts";

const DETAIL = { name: "main", revision: 4, ...ALARM };
const PROBLEM: Problem = { severity: "error", code: "flow/x", message: "Wrong.", path: "/nodes/a" };

/** An open, changed flow, and an engine that answers each deploy as told. */
function opened(answer: (request: DeployRequest) => Promise<DeployResult>) {
  const document = createDocumentStore();
  document.load(DETAIL);
  document.show("main");
  document.dispatch(setFlow({ title: "Mine" }));
  const asked: DeployRequest[] = [];
  const api = {
    deploy: (_: string, request: DeployRequest) => {
      asked.push(request);
      return answer(request);
    },
  } as unknown as Api;
  return { document, asked, deployment: createDeployment(api, document) };
}

const DONE: DeployResult = { revision: 5, started: ["a"], stopped: [], kept: [], problems: [] };

describe("a deploy", () => {
  it("sends the draft on its revision, and then nothing is changed", async () => {
    const { document, asked, deployment } = opened(async () => DONE);
    expect(await deployment.deploy()).toEqual({ kind: "deployed", result: DONE });
    expect([asked[0]?.baseRevision, asked[0]?.flow.title]).toEqual([4, "Mine"]);
    const { deployed, draft, revision } = document.current();
    expect([edits(deployed, draft), revision]).toEqual([[], 5]);
  });

  it("keeps what was drawn while it ran", async () => {
    let answer: (result: DeployResult) => void = () => undefined;
    const { document, deployment } = opened(() => new Promise((resolve) => (answer = resolve)));
    const sent = deployment.deploy();
    document.dispatch(setFlow({ title: "Later" }));
    answer(DONE);
    await sent;
    const { deployed, draft } = document.current();
    expect([deployed.flow.title, draft.flow.title]).toEqual(["Mine", "Later"]);
  });

  it("that is refused leaves the draft and shows the problems", async () => {
    const refused = { code: "flow/invalid", message: "No." };
    const { document, deployment } = opened(() =>
      Promise.reject(new ApiFailure(422, refused, { problems: [PROBLEM] })),
    );
    expect(await deployment.deploy()).toEqual({ kind: "refused", problems: [PROBLEM] });
    expect([document.current().problems, document.current().revision]).toEqual([[PROBLEM], 4]);
  });

  it("that meets a newer revision asks; theirs can be loaded and undone", async () => {
    const theirs = { ...DETAIL, revision: 6, flow: { ...ALARM.flow, title: "Theirs" } };
    const { document, deployment } = opened(() =>
      Promise.reject(new ApiFailure(409, { code: "deploy/conflict", message: "Newer." }, theirs)),
    );
    expect(await deployment.deploy()).toEqual({ kind: "conflict" });
    expect(deployment.state.getState().conflict?.revision).toBe(6);
    deployment.takeTheirs();
    expect([document.current().draft.flow.title, document.current().revision]).toEqual(["Theirs", 6]);
    document.undo();
    expect(document.current().draft.flow.title).toBe("Mine");
  });

  it("that overwrites names no revision", async () => {
    const { asked, deployment } = opened(async () => DONE);
    await deployment.deploy({ overwrite: true });
    expect(asked[0]).not.toHaveProperty("baseRevision");
  });

  it("that reaches no engine says so and is not busy any more", async () => {
    const { deployment } = opened(() =>
      Promise.reject(new ApiFailure(0, { code: "x", message: "No answer." })),
    );
    expect(await deployment.deploy()).toEqual({ kind: "failed", message: "No answer." });
    expect(deployment.state.getState().busy).toBe(false);
  });
});
