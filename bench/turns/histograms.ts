/** What a histogram of a program's `/metrics` counted, of one value of its label `of`. */
export interface Counted {
  /** Up to how many seconds, and how many were within that; the last is without an end. */
  readonly buckets: readonly (readonly [upToS: number, count: number])[];
  readonly sumS: number;
  readonly count: number;
}

const numberOf = (text: string): number => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text));

/** @throws Error where the text has no such histogram */
export const readHistogram = (text: string, name: string, of: string): Counted => {
  const line = (suffix: string, more = '') =>
    new RegExp(`^${name}_${suffix}\\{${more}of="${of}"[^}]*\\} (\\S+)$`, 'gm');
  const one = (suffix: string) => Number([...text.matchAll(line(suffix))][0]?.[1] ?? Number.NaN);
  const buckets = [...text.matchAll(line('bucket', 'le="([^"]+)",'))].map(
    ([, le = '', count = '']) => [numberOf(le), Number(count)] as const,
  );
  const counted = { buckets, sumS: one('sum'), count: one('count') };
  if (buckets.length === 0 || Number.isNaN(counted.count)) throw new Error(`there is no ${name} of "${of}"`);
  return counted;
};

/** What a counter of a program's `/metrics` counted, by its labels as they stand there. */
export const readCounter = (text: string, name: string): ReadonlyMap<string, number> =>
  new Map(
    [...text.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))].map(
      ([, labels = '', count = '']) => [labels, Number(count)] as const,
    ),
  );

/** What came between two readings. */
export const since = (before: Counted, after: Counted): Counted => ({
  buckets: after.buckets.map(([upToS, count], at) => [upToS, count - (before.buckets[at]?.[1] ?? 0)]),
  sumS: after.sumS - before.sumS,
  count: after.count - before.count,
});

/** The bound of the bucket in which so large a share lies, in milliseconds. */
export const withinMs = ({ buckets, count }: Counted, share: number): number =>
  (buckets.find(([, within]) => within >= count * share)?.[0] ?? Number.POSITIVE_INFINITY) * 1_000;

/** How many were longer than the bound of a bucket. */
export const longerThan = ({ buckets, count }: Counted, bound: number): number =>
  count - (buckets.find(([upToS]) => upToS * 1_000 === bound)?.[1] ?? Number.NaN);

export const meanMs = ({ sumS, count }: Counted): number => (sumS / count) * 1_000;
