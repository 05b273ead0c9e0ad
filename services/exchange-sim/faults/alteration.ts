/** What becomes of a trade or mini-ticker on command. */
export const alterations = [
  'zero-price',
  'bad-ids',
  'hour-ahead',
  'microseconds',
  'id-leap',
  'escaped-name',
  'twelve-decimals',
  'never-traded',
] as const;
export type Alteration = (typeof alterations)[number];

const hourMs = 3_600_000;
/** Some ten thousand times as far as any symbol has counted. */
const leapId = 99_999_999_999_999;

type Fields = Readonly<Record<string, unknown>>;

const timesOf = (fields: Fields, change: (timeMs: number) => number): Fields =>
  Object.fromEntries(
    ['E', 'T'].filter((name) => typeof fields[name] === 'number').map((name) => [name, change(Number(fields[name]))]),
  );
const pricesOf = (fields: Fields, price: string): Fields =>
  Object.fromEntries(('p' in fields ? ['p'] : ['c', 'o', 'h', 'l']).map((name) => [name, price]));

/** The fields that change; none where this kind of payload has nothing of the sort. */
const changes: Readonly<Record<Alteration, (fields: Fields) => Fields>> = {
  'zero-price': (fields) => pricesOf(fields, '0.00000000'),
  'bad-ids': (fields) => ('f' in fields ? { f: -1, l: -1 } : {}),
  'hour-ahead': (fields) => timesOf(fields, (timeMs) => timeMs + hourMs),
  microseconds: (fields) => timesOf(fields, (timeMs) => timeMs * 1_000),
  'id-leap': (fields) => ('a' in fields ? { a: leapId } : {}),
  'escaped-name': () => ({}),
  'twelve-decimals': (fields) => pricesOf(fields, '0.000000000012'),
  'never-traded': (fields) =>
    'c' in fields ? { ...pricesOf(fields, '0.00000000'), v: '0.00000000', q: '0.00000000' } : {},
};

/** @param text JSON of a payload or a row of history, with times in milliseconds */
export const alterText = (text: string, as: Alteration): string => {
  const fields = JSON.parse(text) as Fields | readonly Fields[];
  const alter = (one: Fields): Fields => ({ ...one, ...changes[as](one) });
  return JSON.stringify(Array.isArray(fields) ? fields.map(alter) : alter(fields as Fields));
};

/** @param byMs added to the times named, where the payload has them */
export const skewText = (text: string, byMs: number, of: 'trade' | 'event' | 'both'): string => {
  const fields = JSON.parse(text) as Fields | readonly Fields[];
  const names = { trade: ['T'], event: ['E'], both: ['E', 'T'] }[of];
  const skew = (one: Fields): Fields => {
    const changed = names
      .filter((name) => typeof one[name] === 'number')
      .map((name) => [name, Number(one[name]) + byMs]);
    return { ...one, ...Object.fromEntries(changed) };
  };
  return JSON.stringify(Array.isArray(fields) ? fields.map(skew) : skew(fields as Fields));
};

/** A trade with another aggregate id; anything else as it is. */
export const misnumberText = (text: string, by: number): string => {
  const fields = JSON.parse(text) as Fields;
  return typeof fields.a === 'number' ? JSON.stringify({ ...fields, a: Math.max(0, fields.a + by) }) : text;
};

/** JSON of a text, with every character written by its number. */
export const escapedText = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;

/** Which trades of the history are shown in another way than they were. */
export interface AlteredTrades {
  /** @param symbol in upper case */
  note(symbol: string, id: number, as: Alteration): void;
  /** A row of REST as it is shown. */
  row(symbol: string, id: number, text: string): string;
  clear(): void;
}

/** Past this the oldest are shown as they were. */
const maxAltered = 10_000;

export const createAlteredTrades = (): AlteredTrades => {
  const altered = new Map<string, ReadonlySet<Alteration>>();
  return {
    note: (symbol, id, as) => {
      const key = `${symbol} ${id}`;
      altered.set(key, new Set(altered.get(key)).add(as));
      const [oldest] = altered.keys();
      if (altered.size > maxAltered && oldest !== undefined) altered.delete(oldest);
    },
    row: (symbol, id, text) => {
      const all = altered.size > 0 ? altered.get(`${symbol} ${id}`) : undefined;
      return all ? [...all].reduce(alterText, text) : text;
    },
    clear: () => altered.clear(),
  };
};
