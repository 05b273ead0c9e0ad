import { add, formatDecimal, negate, parseDecimal } from '@tickfolio/lib/money';
import { useCallback } from 'react';
import { faultText } from '../account/fault-text.js';
import { useToast } from '../frame/toasts.js';
import { useParts } from '../parts.js';
import { grouped } from '../text/amount.js';
import { coinName } from '../text/coin-names.js';
import { useText } from '../text/language.js';
import { noteRecent } from './recent-symbols.js';

interface CoinAnswer {
  readonly Quantity: string;
}

/** Changes of what is held: shown at once, corrected by the server's answer, told with a way back. */
export const useCoinChange = () => {
  const { session, store } = useParts();
  const text = useText();
  const toast = useToast();

  const heldOf = useCallback((symbol: string) => store.frame?.Coins.find((coin) => coin.Symbol === symbol)?.Quantity, [store]);
  const labelOf = (symbol: string, base: string) => coinName(base) ?? symbol.toUpperCase();

  /** @param delta signed decimal text @throws Problem */
  const change = useCallback(
    async (symbol: string, delta: string): Promise<string> => {
      const sum = formatDecimal(add(parseDecimal(heldOf(symbol) ?? '0'), parseDecimal(delta)));
      const expectation = store.expect(symbol, sum === '0' ? null : sum);
      try {
        const { Quantity } = await session.call<CoinAnswer>('POST', '/api/v1/profile/coins', { symbol, quantity: delta });
        expectation.settle(Quantity === '0' ? null : Quantity);
        return Quantity;
      } catch (thrown) {
        expectation.settle(undefined);
        throw thrown;
      }
    },
    [session, store, heldOf],
  );
  const quietly = (symbol: string, base: string, work: Promise<unknown>) =>
    void work.catch((thrown: unknown) =>
      toast({ message: `${text.failed(labelOf(symbol, base))}: ${faultText(thrown, text)}`, about: symbol, tone: 'fault' }),
    );
  const undo = (symbol: string, base: string, delta: string) => ({
    label: text.undo,
    run: () => quietly(symbol, base, change(symbol, delta)),
  });

  return {
    heldOf,
    /** @throws Problem */
    add: async (symbol: string, base: string, quantity: string) => {
      await change(symbol, quantity);
      noteRecent(symbol);
      const message = text.added(grouped(quantity, text.numbers), base);
      toast({ message, about: symbol, action: undo(symbol, base, formatDecimal(negate(parseDecimal(quantity)))) });
    },
    /** @throws Problem */
    reduce: async (symbol: string, base: string, quantity: string) => {
      await change(symbol, formatDecimal(negate(parseDecimal(quantity))));
      const message = text.reduced(grouped(quantity, text.numbers), base);
      toast({ message, about: symbol, action: undo(symbol, base, quantity) });
    },
    /** Shows it as gone at once; the way back waits for the server. */
    remove: (symbol: string, base: string) => {
      const held = heldOf(symbol);
      const expectation = store.expect(symbol, null);
      const work = session.call('DELETE', '/api/v1/profile/coins', { symbol }).then(
        () => expectation.settle(null),
        (thrown: unknown) => {
          expectation.settle(undefined);
          throw thrown;
        },
      );
      quietly(symbol, base, work);
      if (held === undefined) return;
      const back = () =>
        work.then(
          () => change(symbol, held),
          () => undefined, // Told already; it is still there.
        );
      toast({ message: text.removed(labelOf(symbol, base)), action: { label: text.undo, run: () => quietly(symbol, base, back()) } });
    },
  };
};
