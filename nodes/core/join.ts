// Makes one message of many: what a split took apart, or so many, or all of some time.
import {
  type Delivery,
  defineNode,
  Failure,
  type Message,
  parseDuration,
  setPath,
  Type,
} from "@millrace/sdk";
import { type Build, build, type Piece } from "./join/build.ts";
import { JoinConfig } from "./join/config.ts";
import { type Group, Groups, type Member } from "./join/groups.ts";
import { type Parts, readParts, withoutParts } from "./split/parts.ts";
import { asText } from "./value/compare.ts";
import { References, type StateValues } from "./value/reference.ts";

const docs = `Joins messages, and settles them together: they stay unsettled until the joined one is on its way, so on a
durable topic none is lost.

\`\`\`json
{ "mode": "manual", "build": "object", "key": "attributes.sensor", "group": "attributes.room", "count": 3, "timeout": "10s" }
\`\`\`

- **auto** puts the parts of a **split** together again (by the attributes \`parts.*\`), in their order, to what they were.
- **manual** joins \`count\` messages, or all that came within \`timeout\` of the first, for each \`group\`; into a list, an
  object by \`key\`, merged objects, a text, a buffer, or a number: sum, average, min, max, count.

A message with the attribute \`complete\` completes its group, itself included; one with \`reset\` drops its group and is
not joined. Groups and waiting messages are bounded: one too many fails.

The joined message has the attributes of the last one and the correlation of the first.`;

export default defineNode({
  type: "join",
  title: "Join",
  summary: "Makes one message of many: what a split took apart, so many, or all of some time.",
  category: "sequence",
  icon: "arrows-join",
  docs,
  config: JoinConfig,
  inputs: { in: Type.Unknown({ description: "Any message." }) },
  outputs: { out: Type.Unknown({ description: "The joined message." }) },
  start(context) {
    const { config, emit } = context;
    const references = new References(context);
    const readValue = references.compile(config.path);
    const readKey = references.compile(config.key);
    const readGroup = config.group === undefined ? undefined : references.compile(config.group);
    const timeoutMs = parseDuration(config.timeout);
    const groups = new Groups({ groups: config.maxGroups, messages: config.maxMessages });
    const kept = new Map<string, Piece[]>();
    const auto = config.mode === "auto";
    const accumulates =
      !auto && config.accumulate && (config.build === "object" || config.build === "merged");
    if (!auto && config.count === 0 && timeoutMs === 0) {
      context.log.info(
        `Joins only when a message has the attribute "complete": "count" and "timeout" are not set.`,
      );
    }

    const send = async (group: Group) => {
      groups.remove(group);
      if (group.members.length === 0) return;
      const members = auto ? inOrder(group.members) : group.members;
      const deliveries = group.members.map((member) => member.delivery);
      try {
        const [first, last] = [group.members[0]?.delivery.message, group.members.at(-1)?.delivery.message];
        const pieces = [...(kept.get(group.name) ?? []), ...members];
        if (accumulates) keep(kept, group.name, pieces, config);
        const value = auto ? restore(members) : build(config.build as Build, pieces, config.separator);
        await emit("out", placed(config.path, last?.payload, value), {
          from: deliveries,
          attributes: endAttributes(last, auto),
          replaceAttributes: true,
          ...(first && { correlationId: first.correlationId }),
        });
        for (const delivery of deliveries) delivery.settle();
      } catch (error) {
        for (const delivery of deliveries) delivery.fail(error);
      }
    };
    const expire = (group: Group) => {
      if (config.incomplete === "send") return send(group);
      groups.remove(group);
      const late = new Failure(
        `"${group.name}" was not complete in ${config.timeout}: ${group.members.length} came.`,
        {
          code: "join/incomplete",
          retry: false,
        },
      );
      for (const { delivery } of group.members)
        config.incomplete === "drop" ? delivery.settle() : delivery.fail(late);
      return undefined;
    };
    const drop = (name: string) => {
      kept.delete(name);
      const group = groups.get(name);
      if (!group) return;
      groups.remove(group);
      for (const { delivery } of group.members) delivery.settle();
    };
    const handle = (message: Message, delivery: Delivery, state: StateValues) => {
      const parts = auto ? readParts(message.attributes) : undefined;
      const name = parts?.id ?? asText(readGroup?.(message, state));
      if (message.attributes.reset !== undefined) return drop(name);
      const complete = message.attributes.complete !== undefined;
      if (auto && !parts) throw noParts();
      const key = parts?.key ?? asText(readKey(message, state));
      const member: Member = { delivery, value: readValue(message, state), key, parts };
      const group = groups.add(name, member, (opened) => {
        opened.count = auto || config.count === 0 ? undefined : config.count;
        if (timeoutMs > 0) opened.timer = context.after(timeoutMs, () => expire(opened));
      });
      if (parts?.count !== undefined) group.count = parts.count;
      const isDone =
        complete || kept.has(name) || sizeOf(group, auto, config.build) >= (group.count ?? Infinity);
      return isDone ? send(group) : undefined;
    };
    return {
      in: (message, delivery) => references.withState((state) => handle(message, delivery, state)),
      close() {
        for (const { timer } of groups.all()) timer?.[Symbol.dispose]();
      },
    };
  },
});

/** Parts that came twice count once, and so do messages with the same key. */
function sizeOf(group: Group, auto: boolean, kind: string): number {
  if (auto) return new Set(group.members.map(({ parts }) => parts?.index)).size;
  return kind === "object" ? new Set(group.members.map(({ key }) => key)).size : group.members.length;
}

/** One for each place, the latest where several came, by place. */
function inOrder(members: readonly Member[]): Member[] {
  const byPlace = new Map(members.map((member) => [member.parts?.index ?? 0, member]));
  return [...byPlace.entries()].sort(([a], [b]) => a - b).map(([, member]) => member);
}

function restore(members: readonly Member[]): unknown {
  const parts: Parts | undefined = members[0]?.parts;
  const separator = parts?.separator ?? "";
  const between = parts?.type === "buffer" ? Buffer.from(separator, "base64") : separator;
  return build(parts?.type ?? "array", members, between, parts?.chunked);
}

/** Puts the joined value where it was read, when that was in the payload; otherwise it is the payload. */
function placed(path: string, payload: unknown, value: unknown): unknown {
  return path.startsWith("payload.") ? setPath(payload, path.slice("payload.".length), value) : value;
}

function endAttributes(last: Message | undefined, auto: boolean): Record<string, string> {
  const { complete: _, ...attributes } = last?.attributes ?? {};
  return auto ? withoutParts(attributes) : attributes;
}

/** Remembers what a complete object was made of, so many groups at most; the oldest is forgotten first. */
function keep(
  kept: Map<string, Piece[]>,
  name: string,
  pieces: Piece[],
  { build: kind, maxGroups }: JoinConfig,
): void {
  const latest = new Map(pieces.map(({ key, value }) => [key, { key, value }]));
  kept.delete(name);
  kept.set(
    name,
    kind === "merged" ? [{ key: undefined, value: build(kind, pieces, "") }] : [...latest.values()],
  );
  const oldest = kept.size > maxGroups ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
}

function noParts(): Failure {
  return new Failure(
    `The message has no attributes "parts.id" and "parts.index". Split it before, or join manually.`,
    {
      code: "join/no-parts",
      retry: false,
    },
  );
}
