import type { CoinAnswer as ServedCoin, RemovalAnswer as ServedRemoval } from '@tickfolio/api/portfolio';
import type { OfAnyAge } from '@tickfolio/client/any-age';
import type { Session } from '@tickfolio/client/session';
import { type Decimal, formatDecimal, negate, parseDecimal } from '@tickfolio/lib/money';
import type { CoinStep } from '../../live/expected-changes.js';
import type { PortfolioStore } from '../../live/portfolio-store.js';

/** A change that the server has made. */
export interface MadeChange {
  /** Reverses exactly this change. @throws Problem */
  undo(): Promise<void>;
}

/** Changes of what is held: shown at once, corrected by the server's answer and by frames. */
export interface CoinChanges {
  /**
   * @param by negative takes away @param key the same for every try of the same wish, which then counts once @throws
   * Problem
   */
  change(symbol: string, by: Decimal, key: string): Promise<MadeChange>;
  /** @throws Problem */
  remove(symbol: string, key: string): Promise<MadeChange>;
}

export interface CoinChangesDeps {
  readonly call: Session['call'];
  readonly store: Pick<PortfolioStore, 'expect' | 'heldOf'>;
  readonly newKey: () => string;
}

type CoinAnswer = OfAnyAge<ServedCoin, 'Version' | 'ChangeID'>;
type RemovalAnswer = OfAnyAge<ServedRemoval, 'Quantity' | 'Version' | 'ChangeID'>;
type AnyAnswer = Pick<RemovalAnswer, 'Quantity' | 'Version' | 'ChangeID'>;

const coins = '/api/v1/profile/coins';

export const createCoinChanges = ({ call, store, newKey }: CoinChangesDeps): CoinChanges => {
  /** Shows the step as made while it is asked for. @param left what is held after it */
  const expecting = async <T extends AnyAnswer>(
    symbol: string,
    step: CoinStep,
    ask: () => Promise<T>,
    left: (answer: T) => string,
  ) => {
    const expected = store.expect(symbol, step);
    try {
      const answer = await ask();
      expected.settle({ quantity: left(answer), version: answer.Version });
      return answer;
    } catch (thrown) {
      expected.settle(undefined);
      throw thrown;
    }
  };
  const headers = (key: string) => ({ 'idempotency-key': key });
  const change = async (symbol: string, by: Decimal, key: string): Promise<MadeChange> => {
    const ask = () => call<CoinAnswer>('POST', coins, { symbol, quantity: formatDecimal(by) }, headers(key));
    const { ChangeID } = await expecting(symbol, { kind: 'add', by }, ask, ({ Quantity }) => Quantity);
    return { undo: () => undo(symbol, negate(by), ChangeID) };
  };
  const undo = async (symbol: string, by: Decimal, changeId: string | undefined): Promise<void> => {
    if (changeId === undefined) {
      await change(symbol, by, newKey());
      return;
    }
    const ask = () => call<CoinAnswer>('POST', `/api/v1/profile/changes/${changeId}/undo`);
    await expecting(symbol, { kind: 'add', by }, ask, ({ Quantity }) => Quantity);
  };

  return {
    change,
    remove: async (symbol, key) => {
      const seen = store.heldOf(symbol) ?? '0';
      const ask = () => call<RemovalAnswer>('DELETE', coins, { symbol }, headers(key));
      const { Quantity = seen, ChangeID } = await expecting(symbol, { kind: 'remove' }, ask, () => '0');
      return { undo: () => undo(symbol, parseDecimal(Quantity), ChangeID) };
    },
  };
};
