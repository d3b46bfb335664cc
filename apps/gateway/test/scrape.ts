/** One sample of a scrape. */
export interface Sample {
  /** The name as written, including `_bucket` and the other suffixes. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A parsed scrape. */
export interface Scrape {
  /** The types by the names of the metrics. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The sum of the samples with that name and these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

const SAMPLE = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/i;

/** Parses the text format of Prometheus. @throws Error if a line has another format. */
export function readScrape(text: string): Scrape {
  const lines = text.split('\n').filter((line) => line !== '');
  const types = new Map(
    lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.slice(7).split(' ') as [string, string]),
  );
  const samples = lines.filter((line) => !line.startsWith('#')).map(readSample);
  const sum = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((total, { value }) => total + value, 0);
  return { types, samples, sum };
}

function readSample(line: string): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`This is no sample: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text] as const);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
}
