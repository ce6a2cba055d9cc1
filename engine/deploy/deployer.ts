// Takes one flow from a document to running nodes: validate, plan, store the revision, apply, write back. One thing at
// a time for a flow; the newest stored revision is what every engine comes to run.
// Long, because everything that changes which revision runs goes through one turn at a time, here.
import { dirname } from "node:path";
import type { Backend, StoredRevision } from "../backend/backend.ts";
import type { Clock } from "../base/clock.ts";
import {
  deployUndone,
  fileNotWritten,
  flowStopped,
  invalidFlow,
  staleRevision,
} from "../base/errors/deploy.ts";
import { errorText, type Problem } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import { contentHash, type FlowBundle, type PlanDiff, pointer, readFlow, writeFlow } from "../flow/index.ts";
import type { Plan } from "../flow/plan.ts";
import type { FlowRuntime } from "../runtime/flow-runtime.ts";
import { Aftermath } from "./aftermath.ts";
import { FlowRevisions, lostBefore } from "./flow-revisions.ts";
import { History } from "./history.ts";
import type { Planner } from "./planner.ts";
import { repartitionProblems } from "./repartition.ts";

export type FlowState = "running" | "stopped" | "invalid";

export interface DeployRequest {
  readonly bundle: FlowBundle;
  readonly baseRevision: number | undefined;
  readonly author: string;
  readonly note: string;
}

export interface DeployOutcome {
  readonly revision: number;
  readonly diff: PlanDiff;
  readonly problems: readonly Problem[];
}

export interface DeployerOptions {
  readonly flow: string;
  /** Where deploys are written back to; undefined for a flow that came from another engine. */
  readonly file: string | undefined;
  /** Folder that package paths start from when there is no file. */
  readonly folder: string;
  readonly backend: Backend;
  readonly planner: Planner;
  readonly createRuntime: () => FlowRuntime;
  /** Safe mode: it does not start by itself, and its packages are not loaded, until someone starts or deploys it. */
  readonly held?: boolean;
  /** Whether all other engines have gone over to the revision, or a later one. */
  readonly othersReached: (revision: number) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onDeploy: (event: {
    phase: "start" | "end";
    revision: number;
    author: string;
    error?: string;
  }) => void;
}

/** It concerns one node or package: the rest of the flow can run all the same. */
function isLocal({ code }: Problem): boolean {
  return code === "flow/unknown-type" || code.startsWith("plugins/");
}

/** It keeps the flow from running. */
function isRefusal(problem: Problem): boolean {
  return problem.severity === "error" && !isLocal(problem);
}

export class Deployer implements AsyncDisposable {
  readonly #options: DeployerOptions;
  #revision = 0;
  #bundle: FlowBundle = { flow: {}, layout: {}, files: {} };
  #content = "";
  #problems: readonly Problem[] = [];
  #runtime: FlowRuntime | undefined;
  #plan: Plan | undefined;
  #wanted: "running" | "stopped" = "running";
  #held: boolean;
  readonly #revisions: FlowRevisions;
  readonly #history: History;
  readonly #aftermath: Aftermath;
  /** The revision that was applied, though it may yet be taken back. */
  #applied = 0;
  #reached = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: DeployerOptions) {
    this.#options = options;
    const { flow, backend, clock } = options;
    this.#revisions = new FlowRevisions({ flow, store: backend.revisions, clock });
    this.#history = new History({ flow, revisions: backend.revisions });
    this.#aftermath = new Aftermath({ ...options, history: this.#history });
    this.#held = options.held ?? false;
  }

  get name(): string {
    return this.#options.flow;
  }

  get file(): string | undefined {
    return this.#options.file;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The revision that this engine has gone over to for good: nothing here reads for an earlier one any more. */
  get reached(): number {
    return this.#reached;
  }

  /** Messages that waited for readers that a deploy removed, by topic. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#aftermath.dropped;
  }

  get bundle(): FlowBundle {
    return this.#bundle;
  }

  get plan(): Plan | undefined {
    return this.#plan;
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  get state(): FlowState {
    if (this.#runtime) return "running";
    return this.#revision === 0 ? "invalid" : "stopped";
  }

  /** Safe mode keeps it from starting. */
  get isHeld(): boolean {
    return this.#held;
  }

  /** The runtime, for those who need it to run. */
  running(): FlowRuntime {
    if (!this.#runtime) throw flowStopped({ flow: this.name });
    return this.#runtime;
  }

  /**
   * Starts from the file: deploys it when its content is new; takes the newest revision when the file is an old one.
   * With errors in the file the newest revision runs, if there is one.
   */
  startFromFile(): Promise<void> {
    return this.#inTurn(() => (this.#held ? this.#showOnly() : this.#startFromFile()));
  }

  async #startFromFile(): Promise<void> {
    const { file, log } = this.#options;
    const newest = await this.#revisions.newest();
    if (!file) {
      if (newest) await this.#take(newest);
      return;
    }
    const read = await readFlow(file);
    const content = contentHash(read.bundle);
    if (newest && newest.content !== content && (await this.#revisions.isKnown(content))) {
      log.warn(
        `${file} is an older revision; revision ${newest.revision} runs, and was written to the file.`,
      );
      await this.#take(newest);
      await this.#writeBack();
      return;
    }
    const errors = await this.#refusals(read.bundle, read.problems);
    if (errors.length > 0) {
      this.#problems = errors;
      if (newest) {
        log.error(`${file} has errors; revision ${newest.revision} runs instead.`);
        await this.#take(newest);
        this.#problems = errors;
      }
      return;
    }
    if (newest?.content === content) await this.#take(newest);
    else
      await this.#store(
        { bundle: read.bundle, baseRevision: newest?.revision ?? 0, author: "file", note: "" },
        content,
      );
  }

  /** Safe mode: what would run can be looked at and repaired; nothing of it is planned, loaded or started. */
  async #showOnly(): Promise<void> {
    const { file } = this.#options;
    const newest = await this.#revisions.newest();
    if (newest) {
      this.#remember(newest.revision, JSON.parse(newest.bundle) as FlowBundle, newest.content);
      this.#applied = newest.revision;
    } else if (file) this.#bundle = (await readFlow(file)).bundle;
  }

  /** The file has changed on disk: deploys it, or tells why not; what runs goes on. */
  fileChanged(): Promise<void> {
    return this.#inTurn(async () => {
      const { file, log } = this.#options;
      if (!file) return;
      const read = await readFlow(file);
      const content = contentHash(read.bundle);
      if (content === this.#content && read.problems.length === 0) return;
      const errors = await this.#refusals(read.bundle, read.problems);
      if (errors.length > 0) {
        log.error(`${file} was changed but not deployed: ${errors[0]?.message ?? ""}`, {
          errors: errors.length,
        });
        this.#problems = errors;
        return;
      }
      this.#held = false;
      const { revision } = await this.#store(
        { bundle: read.bundle, baseRevision: this.#revision, author: "file", note: "" },
        content,
      );
      log.info(`${file} was changed: deployed as revision ${revision}.`);
    });
  }

  /** Throws 409 when the base is not the newest, 422 when it has errors. */
  deploy(request: DeployRequest): Promise<DeployOutcome> {
    return this.#inTurn(async () => {
      const newest = await this.#revisions.newest();
      const base = newest?.revision ?? 0;
      if (request.baseRevision !== undefined && request.baseRevision !== base) {
        if (newest && newest.revision !== this.#revision) await this.#take(newest);
        throw staleRevision({ flow: this.name, base: request.baseRevision, newest: base });
      }
      const problems = await this.#judge(request.bundle);
      const errors = problems.filter(({ severity }) => severity === "error");
      if (errors.length > 0) {
        throw invalidFlow({ flow: this.name, problems }, { details: { problems } });
      }
      const before = newest && (JSON.parse(newest.bundle) as FlowBundle);
      const content = contentHash(request.bundle);
      this.#held = false;
      const outcome = await this.#store({ ...request, baseRevision: base }, content);
      if (before) await this.#undoIfNotStarted(outcome, before);
      const left = await this.#lookBack();
      const written = await this.#writeBack();
      return { ...outcome, problems: [...outcome.problems, ...left, ...written] };
    });
  }

  /** What a deploy would say of it now. */
  validate(bundle: FlowBundle): Promise<Problem[]> {
    return this.#judge(bundle);
  }

  async rollback(revision: number, author: string): Promise<DeployOutcome> {
    const stored = await this.stored(revision);
    const bundle = JSON.parse(stored.bundle) as FlowBundle;
    return this.deploy({ bundle, baseRevision: undefined, author, note: `Back to revision ${revision}` });
  }

  stored(revision: number): Promise<StoredRevision> {
    return this.#revisions.get(revision);
  }

  /**
   * Comes to run the newest revision, when another engine has deployed one; also one of a lower or the same number, when
   * the flow was removed and made anew. When the backend has lost what came after it, at a failover for example, what
   * runs here is stored again.
   */
  catchUp(): Promise<void> {
    return this.#inTurn(async () => {
      const { log } = this.#options;
      const newest = await this.#revisions.newest();
      if (!newest) return;
      if (newest.revision === this.#revision && newest.content === this.#content) return;
      if (newest.revision < this.#revision && this.#revisions.isSameAsBefore(newest)) {
        log.warn(`The backend has lost what came after revision ${newest.revision}. It is stored again.`);
        const draft = { bundle: this.#bundle, content: this.#content, ...lostBefore(this.#revision) };
        const stored = await this.#revisions.tryAppend(newest.revision, draft);
        if (stored !== undefined) this.#renumber(stored);
        return; // if another engine was quicker, the next look finds that
      }
      if (newest.revision <= this.#revision && newest.content === this.#content) {
        this.#revisions.saw(newest);
        this.#renumber(newest.revision);
        return;
      }
      if (newest.revision <= this.#revision) {
        log.warn(
          `Flow "${this.name}" was made anew: its revision ${newest.revision} runs instead of ${this.#revision}.`,
        );
        this.#revisions.forget();
        this.#history.forget();
      }
      this.#held = false;
      await this.#take(newest);
      await this.#writeBack();
    });
  }

  /** Removes what earlier revisions have left in the backend, once every engine has gone over to this one. */
  tidy(): Promise<void> {
    return this.#inTurn(() => this.#tidy());
  }

  /** Stores again what is known here, when the backend has no revision of the flow any more. */
  restore(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#revision === 0) return;
      const stored = await this.#revisions.restore(this.#revision, this.#bundle, this.#content);
      if (stored !== undefined) this.#renumber(stored);
    });
  }

  start(): Promise<void> {
    return this.#inTurn(async () => {
      this.#wanted = "running";
      if (this.#held) {
        this.#held = false;
        await this.#startFromFile();
      } else if (this.#revision > 0 && !this.#runtime) await this.#apply();
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#stopRuntime("stopped"));
  }

  /** Gives up at once what runs: nothing that is under way takes effect. `start` runs it anew. */
  async abandon(): Promise<void> {
    this.#runtime?.abandon();
    await this.#inTurn(() => this.#stopRuntime(this.#wanted));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(() => this.#stopRuntime(this.#wanted));
  }

  /** Nodes that the deploy changed and that do not start: what ran before runs again, as a revision of its own. */
  async #undoIfNotStarted(outcome: DeployOutcome, before: FlowBundle): Promise<void> {
    const failed = [...(this.#runtime?.runners() ?? [])].filter(
      ({ planned, state }) =>
        state === "failed" && planned.definition && outcome.diff.start.includes(planned.id),
    );
    const [first] = failed;
    if (!first) return;
    const problems = failed.map(({ planned, errors }) => ({
      severity: "error" as const,
      code: "runtime/start-failed",
      message: errors[0]?.message ?? `Node "${planned.id}" did not start.`,
      path: pointer("nodes", planned.id),
      node: planned.id,
    }));
    const note = `Back from revision ${outcome.revision}: node "${first.planned.id}" did not start`;
    await this.#store(
      { bundle: before, baseRevision: outcome.revision, author: "engine", note },
      contentHash(before),
    );
    await this.#lookBack(); // the revision that failed may have left something, too
    const parts = { flow: this.name, reason: problems[0]?.message ?? "" };
    throw deployUndone(parts, { details: { problems } });
  }

  async #stopRuntime(wanted: "running" | "stopped"): Promise<void> {
    this.#wanted = wanted;
    const runtime = this.#runtime;
    this.#runtime = undefined;
    await runtime?.[Symbol.asyncDispose]();
  }

  /** Errors that keep the flow from running: not those of single nodes and packages. */
  async #refusals(bundle: FlowBundle, found: readonly Problem[]): Promise<Problem[]> {
    return (await this.#judge(bundle, found)).filter(isRefusal);
  }

  /** What is to be said of it: as a document, and with regard to what waits in the backend. */
  async #judge(bundle: FlowBundle, found: readonly Problem[] = []): Promise<Problem[]> {
    const { planner, backend } = this.#options;
    const problems = [...found, ...(await planner.validate(this.name, bundle, this.#folder()))];
    if (problems.some(isRefusal)) return problems;
    const options = { flow: this.name, backend, history: this.#history, document: bundle.flow };
    return [...problems, ...(await repartitionProblems(options))];
  }

  /** What the deploy leaves that people should know of. It stands, whatever becomes of this look. */
  async #lookBack(): Promise<Problem[]> {
    try {
      const problems = await this.#aftermath.look(this.#bundle.flow, this.#revision);
      await this.#tidy();
      return problems;
    } catch (error) {
      this.#options.log.warn(`What earlier revisions left was not looked for: ${errorText(error)}`);
      return [];
    }
  }

  async #tidy(): Promise<void> {
    if (this.#held || this.#revision === 0 || this.#applied !== this.#revision) return;
    await this.#aftermath.tidy(this.#bundle.flow, this.#revision);
  }

  async #store(request: DeployRequest, content: string): Promise<DeployOutcome> {
    const { planner, onDeploy } = this.#options;
    const base = request.baseRevision ?? 0;
    let revision = base;
    if (base === 0 || !(await this.#revisions.says(base, content))) {
      const { plan } = await planner.plan(this.name, request.bundle, this.#folder());
      await this.#requireDurability(plan);
      revision = await this.#revisions.append(base, { ...request, content });
    }
    onDeploy({ phase: "start", revision, author: request.author });
    this.#remember(revision, request.bundle, content);
    try {
      const outcome = await this.#apply();
      onDeploy({ phase: "end", revision, author: request.author });
      return { revision, ...outcome };
    } catch (error) {
      onDeploy({ phase: "end", revision, author: request.author, error: errorText(error) });
      throw error;
    }
  }

  /** Runs a stored revision. */
  async #take(stored: StoredRevision): Promise<void> {
    const { onDeploy } = this.#options;
    onDeploy({ phase: "start", revision: stored.revision, author: stored.author });
    this.#revisions.saw(stored);
    this.#remember(stored.revision, JSON.parse(stored.bundle) as FlowBundle, stored.content);
    try {
      await this.#apply();
      onDeploy({ phase: "end", revision: stored.revision, author: stored.author });
    } catch (error) {
      onDeploy({ phase: "end", revision: stored.revision, author: stored.author, error: errorText(error) });
      throw error;
    }
  }

  /** What runs is stored under another number now. */
  #renumber(revision: number): void {
    this.#history.forget();
    if (this.#applied === this.#revision) this.#applied = revision;
    this.#revision = revision;
    this.#runtime?.renumber(revision);
  }

  #remember(revision: number, bundle: FlowBundle, content: string): void {
    this.#revision = revision;
    this.#bundle = bundle;
    this.#content = content;
  }

  async #apply(): Promise<{ diff: PlanDiff; problems: Problem[] }> {
    const { planner, createRuntime } = this.#options;
    const none = { start: [], stop: [], keep: [], topics: { added: [], removed: [], changed: [] } };
    if (this.#held) return { diff: none, problems: [] };
    const revision = this.#revision;
    const { plan, problems } = await planner.plan(this.name, this.#bundle, this.#folder());
    if (this.#wanted === "running") await this.#requireDurability(plan);
    this.#plan = plan;
    this.#problems = problems;
    if (this.#wanted === "stopped") {
      this.#applied = revision;
      return { diff: none, problems };
    }
    this.#runtime ??= createRuntime();
    const diff = await this.#runtime.apply(plan, revision);
    this.#applied = revision;
    return { diff, problems };
  }

  /** Throws when a topic that is new or changed asks for more than the backend can promise. */
  async #requireDurability(plan: Plan): Promise<void> {
    const running = this.#runtime && this.#plan;
    for (const { name, shared, delivery, durability, fingerprint } of plan.topics.values()) {
      if (delivery !== "stream" || running?.topics.get(name)?.fingerprint === fingerprint) continue;
      const address = { flow: shared ? undefined : this.name, topic: name };
      await this.#options.backend.streams.requireDurability(address, durability);
    }
  }

  async #writeBack(): Promise<Problem[]> {
    const { file, log } = this.#options;
    if (!file) return [];
    try {
      await writeFlow(file, this.#bundle);
      return [];
    } catch (error) {
      const problem = fileNotWritten.problem({ file, reason: errorText(error) }, { path: "" });
      log.warn(problem.message);
      return [problem];
    }
  }

  #folder(): string {
    const { file, folder } = this.#options;
    return file ? dirname(file) : folder;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work).finally(() => {
      this.#reached = this.#applied;
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
