import { applyRetention } from '@tickfolio/lib/clickhouse';
import { carryCandles, forgetOldest, noteOldest } from './carry-candles.js';
import { carryAudits, carryNewest, carryOffsets } from './carry-rest.js';
import { type CarriedRows, carryRows } from './carry-rows.js';
import { carry } from './piece.js';
import { namesOf, type Part, readTables, type TakeoverDeps, zonelessEnd, zoneOf } from './zoneless.js';

export { feedAgain } from './feeds.js';
export { setAside } from './set-aside.js';

const hourMs = 3_600_000;
const hours = (ms: number): string => `${ms > 0 ? '+' : ''}${Math.round((ms / hourMs) * 100) / 100} h`;

/** What was done, in words. */
const inWords = ({ rows, wrong, minShiftMs, maxShiftMs }: CarriedRows, zone: string): string => {
  const by = minShiftMs === maxShiftMs ? hours(minShiftMs) : `${hours(minShiftMs)} to ${hours(maxShiftMs)}`;
  const what = wrong === 0 ? 'none of them was off' : `${wrong} of them were off and were moved by ${by}`;
  return `${rows} archived tickers have been taken over: ${what}. Where no id tells the time, it was taken to be written in the zone ${zone}`;
};

/**
 * Carries over what `setAside` set aside, in pieces, each of which can be repeated: tables with zones and right times
 * afterwards, and nothing set aside any more. What is killed in between goes on with the next start, without asking
 * anew.
 * @throws what `ClickHouse` throws, and the signal's reason
 */
export const carryOver = async (deps: TakeoverDeps): Promise<void> => {
  const tables = await readTables(deps);
  if (![...tables.keys()].some((name) => name.startsWith(`${deps.table}_`) && name.endsWith(zonelessEnd))) return;
  const asideOf = (part: Part) => {
    const { zoneless, full } = namesOf(deps, part);
    const comment = tables.get(zoneless);
    return comment === undefined ? undefined : { name: full(zoneless), zone: zoneOf(comment) ?? 'UTC' };
  };
  const work: readonly (readonly [Part, (zone: string) => Promise<void>])[] = [
    ['newest', (zone) => carryNewest(deps, zone)],
    ['audits', (zone) => carryAudits(deps, zone)],
    ['offsets', (zone) => carryOffsets(deps, zone)],
    ['1m', (zone) => carryCandles(deps, '1m', zone)],
    ['1h', (zone) => carryCandles(deps, '1h', zone)],
  ];
  const rows = asideOf('rows');
  if (rows) {
    // Nothing of it may be let go by age meanwhile: its age is counted from a wrong time.
    await applyRetention(deps, deps.database, [
      { table: namesOf(deps, 'rows').zoneless, time: 'event_time', days: undefined },
    ]);
    if (asideOf('1m') ?? asideOf('1h')) await noteOldest(deps, rows.zone);
  }
  for (const [part, run] of work) {
    const aside = asideOf(part);
    if (!aside) continue;
    deps.tell('older candles and offsets are being set right');
    await run(aside.zone);
    await carry(deps, { sql: `DROP TABLE IF EXISTS ${aside.name}` });
  }
  await forgetOldest(deps);
  if (!rows) return;
  // After the candles, which ask the rows where they begin, and after the offsets, of which they know better.
  const carried = await carryRows(deps, rows.zone);
  await carry(deps, { sql: `DROP TABLE IF EXISTS ${rows.name}` });
  deps.log.warn(
    { table: `${deps.database}.${deps.table}`, ...carried, zone: rows.zone, reason: inWords(carried, rows.zone) },
    'the archive has been set right',
  );
};
