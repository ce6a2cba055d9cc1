// Rules about the cluster: leases, revisions, versions, and what flows and nodes have left behind that are gone. Pure.
import type { InspectedKey } from "../backend/inspector.ts";
import type { DoctorFacts, FlowFacts } from "./doctor-facts.ts";
import { type Finding, judge } from "./doctor-finding.ts";

/** Every engine looks for a new revision at least every 5 s. */
const CATCH_UP_MS = 15_000;
const MEMBER = "member/";

export function examineCluster(facts: DoctorFacts): Finding[] {
  return [
    judge("leases", {
      items: strayLeases(facts),
      level: "violated",
      well: "Every lease has one owner that lives, or none.",
      ill: "Leases do not add up: nobody can be sure of what they stand for. Restart the engines one after the other.",
    }),
    judge("revisions", {
      items: facts.flows.flatMap(gaps),
      level: "violated",
      well: "The revisions of every flow follow each other without a gap.",
      ill: "Revisions are missing: the backend lost some, or somebody removed them. Deploy the flow again.",
    }),
    judge("newest", {
      items: behind(facts),
      level: "violated",
      well: "Every engine has the newest revision of every flow.",
      ill: "Engines run old revisions, although they had the time to take the newest. Their logs say why.",
    }),
    judge("versions", {
      items: versionsOf(facts),
      level: "warning",
      well: "All engines are of one version.",
      ill: "Engines of different versions share the work. That is meant for the time of an update only.",
    }),
    judge("orphans", {
      items: orphans(facts),
      level: "warning",
      well: "Nothing is left of flows and nodes that do not exist.",
      ill: "Streams and state are left of flows, topics or nodes that do not exist any more. They harm nothing but memory; delete what shall not come back.",
    }),
  ];
}

function strayLeases({ leases, members, flows }: DoctorFacts): string[] {
  const cards = new Map(members.map((member) => [member.card.consumer, member]));
  return leases.flatMap(({ address, state }) => {
    const { owner, epoch } = state;
    if (owner === "") return [];
    if (epoch < 1) return [`"${address.name}" has the owner "${owner}" in no epoch`];
    if (address.flow === undefined) {
      const consumer = address.name.startsWith(MEMBER) ? address.name.slice(MEMBER.length) : undefined;
      return consumer === owner && !cards.has(owner) ? [`"${owner}" lives, and shows no card`] : [];
    }
    if (!isWanted(address.flow, address.name, flows)) return [];
    // Whose lease died a moment ago is taken over when the others have seen it: its card is still there.
    return cards.has(owner) ? [] : [`"${address.flow}/${address.name}" is held by "${owner}", who is gone`];
  });
}

/** Of shares of the work, which end in the node and the part that they are for (engine/cluster/sharing.ts). */
function isWanted(flowName: string, lease: string, flows: readonly FlowFacts[]): boolean {
  const flow = flows.find(({ name }) => name === flowName);
  if (!flow) return false;
  const [kind, of, ...rest] = lease.split("/");
  if (kind !== "share" || (of !== "node" && of !== "topic")) return true;
  return flow.nodes.includes(rest.at(-2) ?? "");
}

function gaps({ name, newest, revisions }: FlowFacts): string[] {
  if (newest > 0 && revisions[0] !== newest)
    return [`${name}: the newest revision, ${newest}, is not listed`];
  const missing = revisions.findIndex(
    (revision, index) => index > 0 && revision !== (revisions[index - 1] ?? 0) - 1,
  );
  return missing < 0 ? [] : [`${name}: no revision ${(revisions[missing - 1] ?? 0) - 1}`];
}

function behind({ flows, members, now }: DoctorFacts): string[] {
  return members.flatMap(({ card, lives }) => {
    const { revisions } = card.about;
    if (!lives || typeof revisions !== "object" || revisions === null) return [];
    const has = revisions as Readonly<Record<string, unknown>>;
    return flows
      .filter(({ name, newest, deployedAt }) => has[name] !== newest && now - deployedAt > CATCH_UP_MS)
      .map(({ name, newest }) => `${card.engine}: revision ${has[name] ?? "none"} of ${name}, not ${newest}`);
  });
}

function versionsOf({ members }: DoctorFacts): string[] {
  const living = members.filter(({ lives }) => lives).map(({ card }) => card);
  const versions = new Set(living.map(({ about }) => String(about.version)));
  return versions.size < 2 ? [] : living.map(({ engine, about }) => `${engine}: ${about.version}`);
}

function orphans({ keys, flows }: DoctorFacts): string[] {
  const byName = new Map(flows.map((flow) => [flow.name, flow]));
  return keys.filter((key) => isOrphan(key, byName)).map(({ key }) => key);
}

function isOrphan(key: InspectedKey, flows: ReadonlyMap<string, FlowFacts>): boolean {
  switch (key.kind) {
    case "stream": {
      const { flow, topic } = key.address;
      const declared = flows.get(flow ?? "")?.topics.find(({ name }) => name === topic);
      return !declared || !isPartOf(declared.partitions, key.address.partition);
    }
    case "state": {
      const [, flow = "", node] = /^(?:node:([^/]*)\/(.*))$/s.exec(key.scope) ?? [];
      if (node !== undefined) return !flows.get(flow)?.nodes.includes(node);
      return key.scope.startsWith("flow:") && !flows.has(key.scope.slice("flow:".length));
    }
    case "revisions":
      return !flows.has(key.flow);
    case "lease":
    case "other":
      return false;
  }
}

/** A topic that is not divided is one stream, without a number. */
function isPartOf(partitions: number, partition: number | undefined): boolean {
  return partition === undefined ? partitions === 1 : partitions > 1 && partition < partitions;
}
