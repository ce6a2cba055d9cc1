// Numbers for Prometheus. Nothing is counted here: when somebody asks, the plain numbers of all parts are looked at and
// written down. The only file that names prom-client.
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** What a metric is, described once: docs/operations.md lists the same. */
export interface MetricSpec {
  readonly kind: "counter" | "gauge";
  readonly help: string;
  readonly labels: readonly string[];
}

export interface Sample<N extends string = string> {
  readonly name: N;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricsOptions {
  /** Id of this engine: a label of all its numbers. */
  readonly engine: string;
  readonly specs: Readonly<Record<string, MetricSpec>>;
  readonly collect: () => Promise<readonly Sample[]>;
  /** Metrics of the other processes that one address speaks for, as `own` gives them. */
  readonly others?: () => Promise<readonly (readonly object[])[]>;
}

type Metric = Counter | Gauge;

export class Metrics {
  readonly #options: MetricsOptions;
  readonly #metrics = new Map<string, Metric>();
  #registry: Registry | undefined;
  #collecting: Promise<Registry> | undefined;

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  /** In the text format of Prometheus: of this engine, and of those beside it under one supervisor. */
  async text(): Promise<string> {
    const { others } = this.#options;
    if (!others) return (await this.#look()).metrics();
    const [own, rest] = await Promise.all([this.own(), others()]);
    const all = [own, ...rest].map((metrics) => metrics.map(keptApart));
    // Each has its engine as a label, so that no two numbers are added.
    return AggregatorRegistry.aggregate(all as never).metrics();
  }

  /** Plain data, to be handed to another process. */
  async own(): Promise<readonly object[]> {
    return (await this.#look()).getMetricsAsJSON();
  }

  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** One look at a time: who asks meanwhile gets the same. */
  #look(): Promise<Registry> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  async #collect(): Promise<Registry> {
    const samples = await this.#options.collect();
    const registry = this.#open();
    for (const metric of this.#metrics.values()) metric.reset();
    for (const { name, labels, value } of samples) this.#metrics.get(name)?.inc({ ...labels }, value);
    return registry;
  }

  /** Made when somebody asks for the first time: who never does pays nothing for it. */
  #open(): Registry {
    if (this.#registry) return this.#registry;
    const registry = new Registry();
    registry.setDefaultLabels({ engine: this.#options.engine });
    collectDefaultMetrics({ register: registry });
    for (const [name, { kind, help, labels }] of Object.entries(this.#options.specs)) {
      const settings = { name, help, labelNames: [...labels], registers: [registry] };
      this.#metrics.set(name, kind === "counter" ? new Counter(settings) : new Gauge(settings));
    }
    this.#registry = registry;
    return registry;
  }
}

function keptApart(metric: object): object {
  return { ...metric, aggregator: "sum" };
}
