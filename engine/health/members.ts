// The engines of a cluster, as people see them: those whose member lease lives, with the card that each shows.
import { hostname } from "node:os";
import type { EngineInfo } from "../admin/api.ts";
import type { Clock, ClockTimer } from "../base/clock.ts";
import type { Cluster, MemberCard } from "../cluster/index.ts";

/** How soon a flow that was started or removed shows on the card. */
const REPEAT_MS = 1_000;

export interface MembersOptions {
  readonly id: string;
  readonly cluster: Cluster;
  /** What of the card never changes. */
  readonly facts: EngineFacts;
  /** Names of the flows that run here. */
  readonly flows: () => readonly string[];
  /** The revision of each that this engine has gone over to for good. */
  readonly revisions: () => Readonly<Record<string, number>>;
  readonly clock: Clock;
  /** The list has changed. */
  readonly onChange: (engines: readonly EngineInfo[]) => void;
}

export type EngineFacts = Pick<EngineInfo, "version" | "host" | "pid" | "startedAt">;

export function engineFacts(version: string, clock: Clock): EngineFacts {
  return { version, host: hostname(), pid: process.pid, startedAt: clock.now() };
}

export class Members implements AsyncDisposable {
  readonly #options: MembersOptions;
  readonly #looks: Disposable;
  #timer: ClockTimer | undefined;
  #told = "";
  #last = "";

  constructor(options: MembersOptions) {
    this.#options = options;
    this.#looks = options.cluster.onLook(() => this.#compare());
    this.#repeat();
  }

  async list(): Promise<EngineInfo[]> {
    return this.#list();
  }

  /** The flows of this engine have changed: the others see it soon. */
  tell(): void {
    const { cluster, facts, flows, revisions } = this.#options;
    const about = { ...facts, flows: flows(), revisions: revisions() };
    const text = JSON.stringify(about);
    if (text === this.#told) return;
    this.#told = text;
    cluster.tell(about);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    this.#looks[Symbol.dispose]();
  }

  #repeat(): void {
    this.tell();
    this.#timer = this.#options.clock.schedule(REPEAT_MS, () => this.#repeat());
  }

  #list(): EngineInfo[] {
    const { cluster, id } = this.#options;
    return cluster
      .living()
      .map(({ engine, about }) => ({
        id: engine,
        version: textOf(about.version),
        host: textOf(about.host),
        pid: numberOf(about.pid),
        startedAt: numberOf(about.startedAt),
        flows: Array.isArray(about.flows) ? about.flows.map(textOf) : [],
        self: engine === id,
      }))
      .sort((a, b) => a.id.localeCompare(b.id));
  }

  #compare(): void {
    const engines = this.#list();
    const text = JSON.stringify(engines);
    if (text === this.#last) return;
    this.#last = text;
    this.#options.onChange(engines);
  }
}

/** Whether all of them have gone over to a revision of a flow, or a later one, as their cards say. */
export function haveReached(members: readonly MemberCard[], flow: string, revision: number): boolean {
  return members.every(({ about: { revisions } }) => {
    const all = typeof revisions === "object" && revisions !== null ? revisions : {};
    return numberOf(new Map(Object.entries(all)).get(flow)) >= revision;
  });
}

/** Another engine's card may be of another version: nothing of it is taken for granted. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
