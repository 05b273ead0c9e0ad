/** One metric as a scrape shows it. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

const readLabels = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  let end = 0;
  for (const match of text.matchAll(labelPair)) {
    labels[match[1] ?? ''] = match[2] ?? '';
    end = match.index + match[0].length;
  }
  if (end !== text.length) throw new Error(`labels that cannot be read: ${text}`);
  return labels;
};

/** Reads the Prometheus text format. @throws Error for a line that is none */
export const parseExposition = (text: string): Map<string, MetricFamily> => {
  const families = new Map<string, { name: string; type: string; help: string; samples: MetricFamily['samples'] }>();
  const familyOf = (name: string) => {
    const family = families.get(name) ?? { name, type: '', help: '', samples: [] };
    families.set(name, family);
    return family;
  };
  for (const line of text.split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (line.trim() === '') continue;
    if (keyword === 'HELP') familyOf(name).help = rest;
    else if (keyword === 'TYPE') familyOf(name).type = rest;
    else {
      const [, sample = '', labels = '', value = ''] = sampleLine.exec(line) ?? [];
      if (sample === '') throw new Error(`no sample: ${line}`);
      const owner = families.has(sample) ? sample : sample.replace(/_(bucket|sum|count)$/, '');
      const read = /^[+-]?Inf$/.test(value) ? Number(value.replace('Inf', 'Infinity')) : Number(value);
      if (Number.isNaN(read) && !/^nan$/i.test(value)) throw new Error(`no number: ${line}`);
      familyOf(owner).samples.push({ name: sample, labels: readLabels(labels), value: read });
    }
  }
  return families;
};

const wrongUnit =
  /_(ms|millis|milliseconds|micros|microseconds|nanos|nanoseconds|minutes|hours|days|kb|mb|kib|mib|kilobytes|megabytes|percent|percentage)(_|$)/;
/** What would grow with users or with the exchange's list. */
const growing = new Set(['symbol', 'user', 'user_id', 'name', 'path', 'url', 'address', 'request_id', 'session']);
const maxSeries = 400;

/**
 * What a metric does against Prometheus' conventions, as `promtool check metrics` and its naming page have them; empty
 * when well.
 */
export const metricFaults = ({ name, type, help, samples }: MetricFamily): string[] => {
  const faults: [boolean, string][] = [
    [help.trim() === '', 'has no help'],
    [!['counter', 'gauge', 'histogram', 'summary'].includes(type), `is of type "${type}"`],
    [!/^[a-z][a-z0-9_]*$/.test(name) || name.includes('__'), 'is not in snake case'],
    [type === 'counter' && !name.endsWith('_total'), 'is a counter and does not end in _total'],
    [type !== 'counter' && name.endsWith('_total'), `ends in _total and is a ${type}`],
    [/_(bucket|sum|count)$/.test(name), 'ends as parts of a histogram do'],
    [/_(counter|gauge|histogram|summary|metric)(_|$)/.test(name), 'names its type'],
    [wrongUnit.test(name), 'is not in a base unit (seconds, bytes, ratio)'],
    [type !== 'counter' && /_(seconds|bytes)_/.test(name), 'does not end in its unit'],
    [samples.length > maxSeries * (type === 'histogram' ? 20 : 1), `has ${samples.length} series`],
    [
      samples.some(({ labels }) => Object.keys(labels).some((label) => growing.has(label))),
      'has a label that grows without bound',
    ],
    [
      new Set(samples.map((sample) => JSON.stringify([sample.name, sample.labels]))).size !== samples.length,
      'has a series twice',
    ],
    [type === 'counter' && samples.some(({ value }) => value < 0), 'counts below zero'],
  ];
  return faults.filter(([isFault]) => isFault).map(([, fault]) => `${name} ${fault}`);
};
