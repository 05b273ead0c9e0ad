import type { Balances } from '@tickfolio/gen/portfolio/v1';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { type Database, inBackground } from '@tickfolio/lib/postgres';
import { createTally } from '@tickfolio/lib/tally';
import { checkNames, type ShownFindings, type ShownTally } from './checks.js';
import { type Comparison, compare } from './compare.js';
import type { PositionsClient } from './positions-client.js';
import { readShown, shownBesides } from './shown.js';

export interface RoundDeps {
  readonly db: Database;
  readonly there: Pick<PositionsClient, 'positions'>;
  /** What keeps events from coming, in words; undefined where nothing does. What is late is not lost. */
  readonly underWay: () => Promise<string | undefined>;
  readonly clock: Clock;
}

export interface RoundPlan {
  /** Behind which portfolio it begins, empty for the first. */
  readonly after: string;
  /** Aborted where the round is to end early. */
  readonly signal?: AbortSignal;
}

export interface Round {
  readonly findings: ShownFindings;
  /** Where the next round begins; undefined behind the last portfolio. */
  readonly next: string | undefined;
}

/** Of one round, at most. */
const roundPortfolios = 1_000;
const pagePortfolios = 200;
/** Between two pages, for other work. */
const pauseMs = 10;
/** After which what looked wrong is looked at once more: events take their time. */
const secondLookMs = 10_000;
/** What was to be heard is missing where it has not come by this look, a minute later: a busy computer is slow. */
const maxLooks = 6;

/** A portfolio of which something looked wrong. */
interface Suspicion {
  readonly portfolioId: string;
  readonly userId: string;
  /** As its service said it; what was taken in should come to this. */
  readonly version: number;
  readonly is: Comparison['is'] | 'unknown';
}

/** Of one page. */
interface Suspected {
  /** As it was read. */
  readonly after: string;
  readonly suspicions: readonly Suspicion[];
}

interface Page {
  readonly after: string;
  /** What the next page comes after; undefined where there is none. */
  readonly next: string | undefined;
  readonly held: readonly Balances[];
}

const readPage = async (there: RoundDeps['there'], after: string): Promise<Page> => {
  const { portfolios, next } = await there.positions(after, pagePortfolios);
  return { after, next: next === '' ? undefined : next, held: portfolios };
};

const strangersIn = (db: Database, { after, next, held }: Page) =>
  shownBesides(db, { after, upTo: next, known: held.map(({ portfolioId }) => portfolioId) });

/** What looks wrong in a page, which was read before what is shown. */
const look = async (db: Database, page: Page, tally: ShownTally): Promise<readonly Suspicion[]> => {
  const shown = await readShown(db, page.held);
  const suspicions: Suspicion[] = [];
  for (const { portfolioId, userId, version, ...rest } of page.held) {
    const here = shown.get(portfolioId);
    const compared = here && compare({ portfolioId, userId, version, ...rest }, here);
    if (!compared || compared.is === 'left-out') continue;
    tally.checked('A8');
    if (compared.is === 'compared') tally.checked('A9');
    const isRight = compared.is === 'compared' && compared.differences.length === 0;
    if (!isRight) suspicions.push({ portfolioId, userId, version, is: compared.is });
  }
  for (const stranger of await strangersIn(db, page)) suspicions.push({ ...stranger, version: 0, is: 'unknown' });
  return suspicions;
};

/**
 * What still is wrong of what looked so. What is shown is read twice, before and after what is there: what was heard
 * before and is not there yet never happened. @returns what was to be heard and may come yet, unless this is the last look
 */
const lookAgain = async (
  { db, there, underWay }: RoundDeps,
  after: string,
  suspicions: readonly Suspicion[],
  tally: ShownTally,
  isLast: boolean,
): Promise<readonly Suspicion[]> => {
  const awaited: Suspicion[] = [];
  const before = await readShown(db, suspicions);
  const page = await readPage(there, after);
  const shown = await readShown(db, suspicions);
  const isLate = (await underWay()) !== undefined;
  const held = new Map(page.held.map((one) => [one.portfolioId, one]));
  for (const suspicion of suspicions) {
    const { portfolioId: id, version: expected, is } = suspicion;
    const [inIt, then, now] = [held.get(id), before.get(id), shown.get(id)];
    if (!inIt || !then || !now) continue;
    const compared = compare(inIt, now);
    if (compared.is === 'left-out') continue;
    const { version } = inIt;
    if (is === 'behind' && then.heard < expected) {
      if (!isLast) awaited.push(suspicion);
      if (isLate || !isLast) continue;
      const words = `the balances of ${id} were heard of up to event ${then.heard} of ${expected}`;
      tally.fault('A8', 'missing', words, expected - then.heard);
    } else if (then.newest > version) {
      const words = `the balances of ${id} are shown up to event ${then.newest}, and there are ${version}`;
      tally.fault('A8', 'duplicate', words, then.newest - version);
    } else if (compared.is === 'compared') {
      for (const words of compared.differences) tally.fault('A9', 'mismatch', words);
    }
  }
  const unknown = new Set(suspicions.filter(({ is }) => is === 'unknown').map(({ portfolioId }) => portfolioId));
  if (unknown.size === 0) return awaited;
  for (const { portfolioId } of await strangersIn(db, page))
    if (unknown.has(portfolioId))
      tally.fault('A9', 'mismatch', `${portfolioId} is shown, and the portfolio service knows of no such portfolio`);
  return awaited;
};

/**
 * Compares what is shown of up to 1,000 portfolios with what their service says. Where an event is under way, or a
 * portfolio changes meanwhile, nothing is said of it. @throws AppError unavailable while that service is away
 */
export const runRound = (deps: RoundDeps, { after: begin, signal }: RoundPlan): Promise<Round> =>
  inBackground(async () => {
    const { db, there, clock } = deps;
    const tally = createTally(checkNames);
    const suspected: Suspected[] = [];
    let after: string | undefined = begin;
    for (let read = 0; after !== undefined && read < roundPortfolios && !signal?.aborted; ) {
      const page: Page = await readPage(there, after);
      const suspicions = await look(db, page, tally);
      if (suspicions.length > 0) suspected.push({ after, suspicions });
      read += page.held.length;
      after = page.next;
      await sleep(clock, pauseMs, signal);
    }
    let open: readonly Suspected[] = suspected;
    for (let looks = 1; open.length > 0 && looks <= maxLooks && !signal?.aborted; looks++) {
      await sleep(clock, secondLookMs, signal);
      const again: Suspected[] = [];
      for (const { after: from, suspicions } of signal?.aborted ? [] : open) {
        const awaited = await lookAgain(deps, from, suspicions, tally, looks === maxLooks);
        if (awaited.length > 0) again.push({ after: from, suspicions: awaited });
      }
      open = again;
    }
    return { findings: tally.findings, next: after };
  });
