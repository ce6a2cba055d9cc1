// Revisions: counted from 1, stored only on top of the newest, told to everyone.
import { expect, test } from "vitest";
import { eventually, someTopic } from "./given.ts";
import type { Given } from "./suite.ts";

const draft = (content: string) => ({
  time: 1_700_000_000_000,
  author: "Ada",
  note: `note: ${content}`,
  content,
  bundle: JSON.stringify({ content, text: "ü {}:" }),
});

export function revisionContract({ shared }: Given): void {
  test("counts from 1 and gives back what was stored", async () => {
    const { revisions } = shared();
    const { flow } = someTopic();
    expect(await revisions.newest(flow)).toBeUndefined();
    expect(await revisions.append(flow, 0, draft("a"))).toBe(1);
    expect(await revisions.append(flow, 1, draft("b"))).toBe(2);
    expect(await revisions.newest(flow)).toEqual({ revision: 2, ...draft("b") });
    expect(await revisions.get(flow, 1)).toEqual({ revision: 1, ...draft("a") });
    expect(await revisions.get(flow, 3)).toBeUndefined();
  });

  test("refuses a revision on a base that is not the newest", async () => {
    const { revisions } = shared();
    const { flow } = someTopic();
    expect(await revisions.append(flow, 1, draft("a"))).toBeUndefined();
    await revisions.append(flow, 0, draft("a"));
    expect(await revisions.append(flow, 0, draft("b"))).toBeUndefined();
    const answers = await Promise.all(["c", "d", "e"].map((each) => revisions.append(flow, 1, draft(each))));
    expect(answers.filter((answer) => answer === 2).length).toBe(1);
    expect((await revisions.list(flow)).length).toBe(2);
  });

  test("lists newest first, without bundles", async () => {
    const { revisions } = shared();
    const { flow } = someTopic();
    await revisions.append(flow, 0, draft("a"));
    await revisions.append(flow, 1, draft("b"));
    const head = ({ bundle: _, ...rest }: ReturnType<typeof draft>) => rest;
    expect(await revisions.list(flow)).toEqual([
      { revision: 2, ...head(draft("b")) },
      { revision: 1, ...head(draft("a")) },
    ]);
    expect(await revisions.list(someTopic().flow)).toEqual([]);
  });

  test("knows the flows, and forgets one that is removed", async () => {
    const { revisions } = shared();
    const one = someTopic().flow;
    const two = `{${someTopic().flow}}:x`;
    await revisions.append(one, 0, draft("a"));
    await revisions.append(two, 0, draft("a"));
    expect((await revisions.flows()).filter((flow) => flow === one || flow === two).sort()).toEqual(
      [one, two].sort(),
    );
    await revisions.remove(one);
    expect(await revisions.flows()).not.toContain(one);
    expect([await revisions.newest(one), await revisions.list(one)]).toEqual([undefined, []]);
    expect(await revisions.append(one, 0, draft("b"))).toBe(1);
  });

  test("tells of new revisions and of removal", async () => {
    const { revisions } = shared();
    const { flow } = someTopic();
    const heard: string[] = [];
    using _ = revisions.onChange((changed) => heard.push(changed));
    await revisions.append(flow, 0, draft("a"));
    await eventually(() => heard.filter((each) => each === flow).length === 1);
    await revisions.remove(flow);
    await eventually(() => heard.filter((each) => each === flow).length === 2);
  });
}
