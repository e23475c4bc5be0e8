/** The families of metrics, and the page that shows them. */
import {
  escapeHelp,
  goFloat,
  labelText,
  type MetricType,
  writeHistogram,
  writeNumber,
} from './exposition.ts';
import { Counter, Gauge, Histogram } from './values.ts';

type Value = Counter | Gauge | Histogram;

interface Child<V> {
  readonly values: readonly string[];
  readonly labels: string;
  readonly metric: V;
}

/** The metrics of one name, one for each combination of label values that was asked for. */
export class Family<V extends Value> {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  private readonly make: () => V;
  private readonly boundTexts: readonly string[];
  private readonly children = new Map<string, Child<V>>();

  constructor(
    options: { name: string; help: string; type: MetricType; labelNames: readonly string[] },
    make: () => V,
    bounds: readonly number[] = [],
  ) {
    this.name = options.name;
    this.help = options.help;
    this.type = options.type;
    this.labelNames = options.labelNames;
    this.make = make;
    this.boundTexts = [...bounds.map(goFloat), '+Inf'];
  }

  /** The metric of these label values, in the order of `labelNames`; made at the first call. Keep it where it is hot. */
  labels(...values: string[]): V {
    const key = values.join('\xff');
    let child = this.children.get(key);
    if (child === undefined) {
      child = { values, labels: labelText(this.labelNames, values), metric: this.make() };
      this.children.set(key, child);
    }
    return child.metric;
  }

  /** Forgets one combination, for example of a member that left. */
  remove(...values: string[]): void {
    this.children.delete(values.join('\xff'));
  }

  render(): string {
    if (this.children.size === 0) return '';
    let out = `# HELP ${this.name} ${escapeHelp(this.help)}\n# TYPE ${this.name} ${this.type}\n`;
    const sorted = [...this.children.values()].sort((a, b) => (a.labels < b.labels ? -1 : 1));
    for (const { labels, metric } of sorted) {
      out +=
        metric instanceof Histogram
          ? writeHistogram(this.name, labels, metric, this.boundTexts)
          : writeNumber(this.name, labels, metric);
    }
    return out;
  }
}

export class Registry {
  private readonly families = new Map<string, Family<Value>>();
  private readonly collectors: (() => void)[] = [];

  private add<V extends Value>(family: Family<V>): Family<V> {
    if (this.families.has(family.name)) throw new Error(`metric ${family.name} is declared twice`);
    this.families.set(family.name, family as unknown as Family<Value>);
    return family;
  }

  counters(name: string, help: string, labelNames: readonly string[]): Family<Counter> {
    return this.add(new Family({ name, help, type: 'counter', labelNames }, () => new Counter()));
  }
  gauges(name: string, help: string, labelNames: readonly string[]): Family<Gauge> {
    return this.add(new Family({ name, help, type: 'gauge', labelNames }, () => new Gauge()));
  }
  histograms(
    name: string,
    help: string,
    bounds: readonly number[],
    labelNames: readonly string[],
  ): Family<Histogram> {
    const options = { name, help, type: 'histogram', labelNames } as const;
    return this.add(new Family(options, () => new Histogram(bounds), bounds));
  }

  counter(name: string, help: string): Counter {
    return this.counters(name, help, []).labels();
  }
  gauge(name: string, help: string): Gauge {
    return this.gauges(name, help, []).labels();
  }
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    return this.histograms(name, help, bounds, []).labels();
  }

  /** Runs before every page; for gauges that are cheaper to read than to keep. */
  onScrape(collect: () => void): void {
    this.collectors.push(collect);
  }

  /** The page in Prometheus' text format 0.0.4. */
  render(): string {
    for (const collect of this.collectors) collect();
    let out = '';
    for (const name of [...this.families.keys()].sort()) out += this.families.get(name)!.render();
    return out;
  }
}
