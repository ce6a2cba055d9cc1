// All flows of one engine: those of its files, and those that other engines have deployed. Every engine of a cluster
// runs every flow; hints of the backend and a look now and then bring each to the newest revision.
import { dirname, join, resolve } from "node:path";
import { closest } from "fastest-levenshtein";
import type { Backend } from "../backend/backend.ts";
import type { Clock, ClockTimer } from "../base/clock.ts";
import { flowNameRefused, unknownFlow } from "../base/errors/deploy.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import { flowNameOf, isFlowName } from "../flow/index.ts";
import type { FlowRuntime } from "../runtime/flow-runtime.ts";
import { Deployer } from "./deployer.ts";
import { watchFlowFiles } from "./file-watcher.ts";
import type { Planner } from "./planner.ts";

const LOOK_EVERY_MS = 5_000;

export interface FlowSetOptions {
  /** Absolute flow files. */
  readonly files: readonly string[];
  /** Where new flows are written. */
  readonly folder: string;
  readonly backend: Backend;
  readonly planner: Planner;
  readonly createRuntime: (flow: string) => FlowRuntime;
  /** Whether all other engines have gone over to a revision of the flow, or a later one; undefined: there are none. */
  readonly othersReached?: (flow: string, revision: number) => boolean;
  /** Safe mode: no flow that is there already starts by itself. */
  readonly held?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onDeploy: (
    flow: string,
    event: { phase: "start" | "end"; revision: number; author: string; error?: string },
  ) => void;
}

export class FlowSet implements AsyncDisposable {
  readonly #options: FlowSetOptions;
  readonly #deployers = new Map<string, Deployer>();
  #watcher: AsyncDisposable | undefined;
  #watching: Promise<void> = Promise.resolve();
  #hints: Disposable | undefined;
  #timer: ClockTimer | undefined;
  #returns: Disposable | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;
  #started = false;
  /** What safe mode holds back is what was there before. */
  #holds: boolean;

  constructor(options: FlowSetOptions) {
    this.#options = options;
    this.#holds = options.held ?? false;
  }

  /** Starts all flows; one that cannot run is kept with its problems, and stops no other. */
  async start(): Promise<void> {
    const { files, backend, clock, log } = this.#options;
    for (const file of files) this.#add(flowNameOf(file), resolve(file));
    await this.#watch(); // before the first look at them: no change falls between
    await Promise.all([...this.#deployers.values()].map((deployer) => this.#startOne(deployer)));
    await this.#look();
    this.#holds = false;
    this.#started = true;
    const lookSafely = () =>
      void this.#look().catch((error) => log.warn(`Cannot look for new revisions: ${errorText(error)}`));
    this.#hints = backend.revisions.onChange(lookSafely);
    // Hints that came while the backend was away are lost.
    this.#returns = backend.onHealth(({ up }) => up && lookSafely());
    const look = () => {
      lookSafely();
      this.#timer = clock.schedule(LOOK_EVERY_MS, look);
    };
    this.#timer = clock.schedule(LOOK_EVERY_MS, look);
  }

  /** All flows that were there have been started, as far as they can be. */
  get started(): boolean {
    return this.#started;
  }

  all(): Deployer[] {
    return [...this.#deployers.values()];
  }

  get(name: string): Deployer {
    const deployer = this.#deployers.get(name);
    if (deployer) return deployer;
    const names = [...this.#deployers.keys()];
    throw unknownFlow({ flow: name, suggestion: names.length > 0 ? closest(name, names) : undefined });
  }

  find(name: string): Deployer | undefined {
    return this.#deployers.get(name);
  }

  /** The flow by this name, or a new one, which is written to a file of that name. */
  getOrCreate(name: string): Deployer {
    const known = this.#deployers.get(name);
    if (known) return known;
    if (!isFlowName(name)) throw flowNameRefused({ flow: name });
    const deployer = this.#add(name, join(this.#options.folder, `${name}.json`));
    void this.#watch();
    return deployer;
  }

  /** A new flow whose first deploy was refused: as if nothing had happened. */
  async discard(name: string): Promise<void> {
    const deployer = this.#deployers.get(name);
    if (!deployer || deployer.revision > 0) return;
    this.#deployers.delete(name);
    await deployer[Symbol.asyncDispose]();
  }

  /** The backend lost its revisions: stores those that run here. */
  async restore(): Promise<void> {
    for (const deployer of this.all()) await deployer.restore();
  }

  /** Stops the flow everywhere and forgets its revisions. Its files stay. */
  async remove(name: string): Promise<void> {
    const deployer = this.get(name);
    this.#deployers.delete(name);
    await deployer[Symbol.asyncDispose]();
    await this.#options.backend.revisions.remove(name);
    this.#options.planner.forget(name);
    void this.#watch();
  }

  /** Gives up at once all that is under way, and starts the same flows anew after `meanwhile`. */
  async startAnew(meanwhile: () => Promise<void>): Promise<void> {
    const running = this.all().filter(({ state }) => state === "running");
    await Promise.all(running.map((deployer) => deployer.abandon()));
    await meanwhile();
    if (this.#closed) return;
    await Promise.all(
      running.map((deployer) =>
        deployer.start().catch((error) => {
          this.#options.log.error(`Flow "${deployer.name}" did not start: ${errorText(error)}`);
        }),
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#hints?.[Symbol.dispose]();
    this.#returns?.[Symbol.dispose]();
    await this.#watching;
    await this.#watcher?.[Symbol.asyncDispose]();
    await this.#looking?.catch(() => undefined);
    await Promise.all([...this.#deployers.values()].map((deployer) => deployer[Symbol.asyncDispose]()));
  }

  #add(flow: string, file: string | undefined): Deployer {
    const { createRuntime, onDeploy, othersReached, ...shared } = this.#options;
    const deployer = new Deployer({
      ...shared,
      flow,
      file,
      held: this.#holds,
      log: shared.log.with({ flow }),
      createRuntime: () => createRuntime(flow),
      othersReached: (revision) => othersReached?.(flow, revision) ?? true,
      onDeploy: (event) => onDeploy(flow, event),
    });
    this.#deployers.set(flow, deployer);
    return deployer;
  }

  async #startOne(deployer: Deployer): Promise<void> {
    try {
      await deployer.startFromFile();
    } catch (error) {
      this.#options.log.error(`Flow "${deployer.name}" did not start: ${errorText(error)}`);
    }
  }

  /** One look at a time; a hint that comes meanwhile is met by the next. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const { backend, log } = this.#options;
    const stored = new Set(await backend.revisions.flows());
    if (this.#closed) return;
    for (const name of stored) {
      const known = this.#deployers.get(name);
      const deployer = known ?? this.#add(name, undefined);
      await (known ? deployer.catchUp() : deployer.startFromFile()).catch((error) => {
        log.warn(`Flow "${name}" could not be brought to its newest revision: ${errorText(error)}`);
      });
    }
    for (const [name, deployer] of this.#deployers) {
      if (stored.has(name) || deployer.revision === 0) continue;
      log.info(`Flow "${name}" was removed.`);
      this.#deployers.delete(name);
      await deployer[Symbol.asyncDispose]();
    }
    for (const deployer of this.all()) {
      await deployer.tidy().catch((error) => {
        log.warn(`What earlier revisions of "${deployer.name}" left is not removed yet: ${errorText(error)}`);
      });
    }
  }

  /** One watcher for all files; made anew when the files do, the new one before the old one goes. */
  #watch(): Promise<void> {
    this.#watching = this.#watching.then(() => this.#watchNow());
    return this.#watching;
  }

  async #watchNow(): Promise<void> {
    const before = this.#watcher;
    const files = this.all().flatMap(({ file }) => file ?? []);
    this.#watcher = undefined;
    if (files.length > 0 && !this.#closed) {
      this.#watcher = await watchFlowFiles(files, {
        clock: this.#options.clock,
        onChange: (file) => void this.#fileChanged(file),
      });
    }
    await before?.[Symbol.asyncDispose]();
  }

  async #fileChanged(file: string): Promise<void> {
    try {
      await this.#deployers.get(flowNameOf(file))?.fileChanged();
    } catch (error) {
      this.#options.log.error(`${file} was not deployed: ${errorText(error)}`);
    }
  }
}

/** Where new flows are written: beside the first flow file. */
export function folderOf(files: readonly string[], fallback: string): string {
  const [first] = files;
  return first === undefined ? fallback : dirname(first);
}
