// Calls of functions that are answered only when the disk or a replica has what they wrote. WAIT and WAITAOF go out
// behind the call, on the same connection in the same packet: they wait for what this connection has written, and so
// cannot be answered by a master that came after.
import type { Client } from "./connection-options.ts";

/** What is asked behind a call: at least one must have it within the time that the command names. */
export interface Confirmation {
  readonly command: readonly [name: string, ...args: number[]];
  /** For people, while it is not met. */
  readonly unmet: string;
}

const WITHIN_MS = 1000;

export const WAIT_FOR_DISK: Confirmation = {
  command: ["WAITAOF", 1, 0, WITHIN_MS],
  unmet: "Redis does not get what it was sent onto its disk. Check the disk; work goes on when it does.",
};

export const WAIT_FOR_REPLICA: Confirmation = {
  command: ["WAIT", 1, WITHIN_MS],
  unmet:
    'No replica of Redis confirms what it was sent, as durability "replicated" asks for. Check the replicas; work goes on when one does.',
};

/**
 * The same client, but `call` and `callBuffer` are confirmed. Rejects with `UNCONFIRMED …` when the call was done and not
 * confirmed: repeating it is safe for what may be repeated. `confirmation` undefined: nothing needs to be asked.
 */
export function confirming(client: Client, confirmation: () => Confirmation | undefined): Client {
  return new Proxy(client, {
    get(target, name) {
      if (name === "call" || name === "callBuffer") {
        return (command: string, args: (string | number | Buffer)[]) => {
          const asked = confirmation();
          return asked ? confirmed(target, name, [command, args], asked) : target[name](command, args);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function confirmed(
  client: Client,
  how: "call" | "callBuffer",
  [command, args]: [command: string, args: (string | number | Buffer)[]],
  { command: [name, ...numbers], unmet }: Confirmation,
): Promise<unknown> {
  const pipeline = client.pipeline();
  pipeline[how](command, args);
  pipeline.call(name, ...numbers);
  const replies = await pipeline.exec();
  const [[failure, reply] = [undefined, undefined], [unasked, answer] = [undefined, undefined]] =
    replies ?? [];
  if (failure) throw failure;
  if (unasked) throw unasked;
  // WAITAOF answers with two numbers: the master's disk, and those of replicas.
  const confirmations = Number(Array.isArray(answer) ? answer[0] : answer);
  if (!(confirmations >= 1)) throw new Error(`UNCONFIRMED ${unmet}`);
  return reply;
}
