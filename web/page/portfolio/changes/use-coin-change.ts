import { newChangeKey } from '@tickfolio/client/change-key';
import type { Session } from '@tickfolio/client/session';
import { shortQuantity } from '@tickfolio/lib/look/amount';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { negate, parseDecimal } from '@tickfolio/lib/money';
import { useMemo } from 'react';
import { faultText } from '../../kit/fault-text.js';
import { useParts } from '../../parts.js';
import { useToast } from '../../shell/toasts.js';
import { hiddenAmount } from '../../text/figure.js';
import { nameAmong, pairOf } from '../../text/pair.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import { createCoinChanges, type MadeChange } from './coin-changes.js';
import { noteRecent } from './recent-symbols.js';

/** @returns whether whoever is signed in now is so still */
const sameUser = (session: Session): (() => boolean) => {
  const idOf = ({ state }: Session) => (state.kind === 'signed-in' ? state.userId : undefined);
  const before = idOf(session);
  return () => idOf(session) === before;
};

/** Changes of what is held, told with a way back. */
export const useCoinChange = () => {
  const { session, store } = useParts();
  const text = useQuantityText();
  const toast = useToast();
  const changes = useMemo(
    () => createCoinChanges({ call: session.call, store, newKey: newChangeKey }),
    [session, store],
  );
  const labelOf = (symbol: string, base: string) =>
    nameAmong(coinName(base) ?? base, pairOf(symbol, symbol.slice(base.length)));

  /** Tells a fault wherever one is by now. */
  const tellFault = (symbol: string, base: string, thrown: unknown) =>
    toast({
      message: `${text.failed(labelOf(symbol, base))}: ${faultText(thrown, text)}`,
      about: symbol,
      tone: 'fault',
    });
  const undo = (symbol: string, base: string, back: () => Promise<void>) => ({
    label: text.undo,
    run: () => void back().catch((thrown: unknown) => tellFault(symbol, base, thrown)),
  });
  const tell = (symbol: string, base: string, made: MadeChange, messageOf: (quantity: string) => string, by: string) =>
    toast({
      message: messageOf(shortQuantity(by, text.numbers)),
      discreetly: messageOf(hiddenAmount),
      about: symbol,
      action: undo(symbol, base, made.undo),
    });

  return {
    heldOf: store.heldOf,
    tellFault,
    /** @param key one for each wish @throws Problem */
    add: async (symbol: string, base: string, quantity: string, key: string) => {
      const isSame = sameUser(session);
      const made = await changes.change(symbol, parseDecimal(quantity), key);
      if (isSame()) noteRecent(symbol);
      tell(symbol, base, made, (shown) => text.added(shown, base), quantity);
    },
    /** @param key one for each wish @throws Problem */
    reduce: async (symbol: string, base: string, quantity: string, key: string) => {
      const made = await changes.change(symbol, negate(parseDecimal(quantity)), key);
      tell(symbol, base, made, (shown) => text.reduced(shown, base), quantity);
    },
    /** Shows an asset as gone at once, through whatever markets it is held; the way back waits for the server. */
    remove: (symbols: readonly [string, ...string[]], base: string) => {
      const wasHeld = symbols.some((symbol) => store.heldOf(symbol) !== undefined);
      const removals = symbols.map((symbol) => {
        const made = changes.remove(symbol, newChangeKey());
        made.catch((thrown: unknown) => tellFault(symbol, base, thrown));
        return made;
      });
      if (!wasHeld) return;
      const backOf = (made: Promise<MadeChange>) =>
        made.then(
          (removal) => removal.undo(),
          () => undefined, // Told already; it is still there.
        );
      const [first, ...others] = symbols;
      const label = others.length === 0 ? labelOf(first, base) : (coinName(base) ?? base);
      const back = async () => void (await Promise.all(removals.map(backOf)));
      toast({ message: text.removed(label), action: undo(first, base, back) });
    },
  };
};
