import type { Clock, Timer } from '@tickfolio/client/clock';
import type { Frame } from '@tickfolio/client/frame';
import { add, compare, type Decimal, formatDecimal, zero } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';

/** What is asked of the server; negative takes away. */
export type CoinStep = { readonly kind: 'add'; readonly by: Decimal } | { readonly kind: 'remove' };

/** What the server made of it. */
export interface StepAnswer {
  /** Exact; `0` where the coin is not held any more. */
  readonly quantity: string;
  /** Of the portfolio after it; undefined of a server that is older than this page. */
  readonly version: number | undefined;
}

/** One change on its way. */
export interface ExpectedChange {
  /** @param answer undefined where it was refused, or where nobody knows: then frames tell */
  settle(answer: StepAnswer | undefined): void;
}

/**
 * Changes that were made here and are in no frame yet. Frames skip states, so one that looks as expected may never
 * come: a change ends with the first frame that is as new as the answer to it.
 */
export interface ExpectedChanges {
  begin(symbol: string, step: CoinStep): ExpectedChange;
  takeFrame(frame: Frame): void;
  /** By symbol the quantity that is expected, null where the coin goes. */
  quantities(): ReadonlyMap<string, string | null>;
  clear(): void;
}

export interface ExpectedChangesDeps {
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  /** What is held as far as is known, exact; undefined for nothing. */
  readonly heldOf: (symbol: string) => string | undefined;
  /** What is expected is another. */
  readonly changed: () => void;
}

/** All that is under way for one coin. */
interface Chain {
  /** What is held without the steps: as it was seen first, then as the newest answer has it. */
  base: Decimal;
  /** Of that answer. */
  version: number | undefined;
  /** When the last answer came, monotonic milliseconds; undefined before the first. */
  answeredAt: number | undefined;
  readonly steps: Set<CoinStep>;
  timer: Timer | undefined;
}

/**
 * So long after its answer a change is shown at most, if frames come that do not tell (of a server older than this
 * page): then they are right.
 */
const boundMs = 3_000;

const quantityOf = ({ base, steps }: Chain): string | null => {
  let quantity = base;
  for (const step of steps) quantity = step.kind === 'remove' ? zero : add(quantity, step.by);
  return compare(quantity, zero) > 0 ? formatDecimal(quantity) : null;
};

const isIn = (frame: Frame, symbol: string, chain: Chain): boolean => {
  const coin = frame.Coins.find((held) => held.Symbol === symbol);
  const version = coin ? coin.Version : frame.Version;
  if (version === undefined || chain.version === undefined) return (coin?.Quantity ?? null) === quantityOf(chain);
  return version >= chain.version;
};

export const createExpectedChanges = ({ clock, heldOf, changed }: ExpectedChangesDeps): ExpectedChanges => {
  const chains = new Map<string, Chain>();
  let frame: Frame | undefined;
  let framedAt = Number.NEGATIVE_INFINITY;

  const end = (symbol: string, chain: Chain) => {
    chain.timer?.cancel();
    chains.delete(symbol);
  };
  /** Ends what nothing is awaited for any more. */
  const look = (symbol: string, chain: Chain) => {
    if (chain.steps.size > 0) return;
    const { answeredAt } = chain;
    const isBoundOver = answeredAt !== undefined && framedAt >= answeredAt && clock.monotonic() - answeredAt >= boundMs;
    if (answeredAt === undefined || isBoundOver || (frame && isIn(frame, symbol, chain))) end(symbol, chain);
  };
  const settle = (symbol: string, chain: Chain, step: CoinStep, answer: StepAnswer | undefined) => {
    if (!chain.steps.delete(step) || chains.get(symbol) !== chain) return;
    if (answer) {
      chain.answeredAt = clock.monotonic();
      // Answers of several steps may come in any order.
      if (chain.version === undefined || answer.version === undefined || answer.version > chain.version) {
        chain.base = exact(answer.quantity);
        chain.version = answer.version;
      }
      chain.timer?.cancel();
      chain.timer = clock.after(boundMs, () => {
        look(symbol, chain);
        changed();
      });
    }
    look(symbol, chain);
    changed();
  };

  return {
    begin: (symbol, asked) => {
      const step = { ...asked };
      const chain = chains.get(symbol) ?? {
        base: exact(heldOf(symbol) ?? '0'),
        version: undefined,
        answeredAt: undefined,
        steps: new Set(),
        timer: undefined,
      };
      chains.set(symbol, chain);
      chain.steps.add(step);
      changed();
      return { settle: (answer) => settle(symbol, chain, step, answer) };
    },
    takeFrame: (next) => {
      frame = next;
      framedAt = clock.monotonic();
      for (const [symbol, chain] of chains) look(symbol, chain);
    },
    quantities: () => new Map([...chains].map(([symbol, chain]) => [symbol, quantityOf(chain)])),
    clear: () => {
      for (const [symbol, chain] of chains) end(symbol, chain);
      frame = undefined;
    },
  };
};
