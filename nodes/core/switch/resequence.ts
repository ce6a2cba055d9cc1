// Numbers the parts of a sequence anew for each port they leave by, so that a join after it finds all of its own.
import type { Delivery, EmitOptions } from "@millrace/sdk";
import { type Group, type GroupLimits, Groups } from "../join/groups.ts";
import { type Parts, withoutParts, withParts } from "../split/parts.ts";

type Emit = (port: string, payload: unknown, options: EmitOptions) => Promise<void>;

export class Resequencer {
  readonly #emit: Emit;
  readonly #groups: Groups;
  /** Where each delivery goes. */
  readonly #ports = new WeakMap<Delivery, readonly string[]>();

  constructor(limits: GroupLimits, emit: Emit) {
    this.#emit = emit;
    this.#groups = new Groups(limits);
  }

  /** Holds a part until its sequence is complete, then sends all parts and settles them together. */
  take(parts: Parts, delivery: Delivery, ports: readonly string[]): Promise<void> | undefined {
    this.#ports.set(delivery, ports);
    const member = { delivery, value: undefined, key: undefined, parts };
    const group = this.#groups.add(parts.id, member, () => undefined);
    const places = new Map(group.members.map((each) => [each.parts?.index, each.delivery]));
    return places.size >= (parts.count ?? Number.POSITIVE_INFINITY) ? this.#send(group, parts) : undefined;
  }

  async #send(group: Group, parts: Parts): Promise<void> {
    this.#groups.remove(group);
    try {
      for (const [port, deliveries] of this.#byPort(group)) {
        for (const [index, delivery] of deliveries.entries()) {
          const place = { ...parts, index, count: deliveries.length };
          const attributes = withParts(withoutParts(delivery.message.attributes), place);
          await this.#emit(port, delivery.message.payload, {
            from: delivery,
            attributes,
            replaceAttributes: true,
          });
        }
      }
      for (const { delivery } of group.members) delivery.settle();
    } catch (error) {
      for (const { delivery } of group.members) delivery.fail(error);
    }
  }

  /** The latest delivery of each place, by port and in order. */
  #byPort(group: Group): Map<string, Delivery[]> {
    const places = new Map(group.members.map((member) => [member.parts?.index ?? 0, member.delivery]));
    const byPort = new Map<string, Delivery[]>();
    for (const [, delivery] of [...places].sort(([a], [b]) => a - b)) {
      for (const port of this.#ports.get(delivery) ?? []) {
        byPort.set(port, [...(byPort.get(port) ?? []), delivery]);
      }
    }
    return byPort;
  }
}
