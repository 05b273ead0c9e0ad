import { randomUUID } from 'node:crypto';
import type { Balance } from '@tickfolio/gen/portfolio/v1';
import type * as wire from '@tickfolio/gen/portfolio/v1/holding';
import { AppError, differentRequest } from '@tickfolio/lib/errors';
import { add, compare, formatDecimal, negate, parseDecimal, zero } from '@tickfolio/lib/money';
import type { CoinOrder, HoldingAsker, HoldingClient } from '../adoption/holding-client.js';
import { coinRefusal, notHeld } from '../portfolio/coin-refusal.js';

/** Long ago, so that nothing depends on what day it is. */
const atMs = Date.UTC(2026, 0, 27, 10);

interface User {
  readonly held: Map<string, Balance>;
  version: number;
  adopted: wire.AdoptHoldingsResponse | undefined;
}

/** A portfolio service that keeps coins in memory, as the real one does. Away until it is told to be there. */
export const createFakeHoldings = () => {
  const users = new Map<string, User>();
  const made = new Map<string, { readonly asked: string; readonly change: wire.CoinChange }>();
  let nextId = 0;
  let isBegun = false;
  const state = {
    is: 'away' as 'away' | 'there' | 'of before',
    /** Does what it is asked, and its answers come too late. */
    isSlow: false,
    /** Whose coins are never taken over in time. */
    slowFor: new Set<string>(),
    /** How often each was called. */
    calls: new Map<string, number>(),
  };
  const ofUser = (userId: string): User => {
    const user = users.get(userId) ?? { held: new Map(), version: 0, adopted: undefined };
    users.set(userId, user);
    return user;
  };
  const answer = async <T>(name: string, key: string, work: () => T): Promise<T> => {
    state.calls.set(name, (state.calls.get(name) ?? 0) + 1);
    if (state.is !== 'there') throw new AppError('unavailable', 'Portfolios are away.', { retryAfterMs: 1_000 });
    const done = work();
    if (state.isSlow) throw new AppError('deadline_exceeded', `Not known; ask again under ${key}.`);
    return done;
  };
  const requireBegun = () => {
    if (!isBegun) throw coinRefusal('failed_precondition', 'id', 'adoption-not-begun', 'It is not begun.');
  };
  const requireHeard = ({ userId, heardVersion = 0 }: HoldingAsker) => {
    if (heardVersion <= ofUser(userId).version) return;
    requireBegun();
    throw coinRefusal('failed_precondition', 'heard_version', 'restored', 'It was restored from a backup.');
  };
  const write = (userId: string, id: string, symbol: string, asset: string, by: string): wire.CoinChange => {
    const user = ofUser(userId);
    const known = user.held.get(symbol);
    const before = parseDecimal(known?.available ?? '0');
    const after = add(before, parseDecimal(by));
    if (compare(after, zero) < 0)
      throw coinRefusal(
        'failed_precondition',
        'quantity',
        'more-than-held',
        `${formatDecimal(before)} ${symbol} is held`,
      );
    const available = formatDecimal(after);
    const coin: Balance = {
      ...{ id: known?.id ?? ++nextId, asset: known?.asset ?? asset, via: symbol, available, reserved: '0' },
      ...{ version: ++user.version, createdAtMs: known?.createdAtMs ?? atMs, updatedAtMs: atMs + user.version },
    };
    if (available === '0') user.held.delete(symbol);
    else user.held.set(symbol, coin);
    return { id, coin, before: formatDecimal(before), after: available, portfolioId: 'default' };
  };
  const once = (
    asker: HoldingAsker,
    { idempotencyKey: key, onlyRepeat = false }: Pick<CoinOrder, 'idempotencyKey' | 'onlyRepeat'>,
    asked: string,
    work: (id: string) => wire.CoinChange,
  ): wire.CoinChange => {
    const { userId } = asker;
    requireHeard(asker);
    const known = made.get(`${userId} ${key}`);
    if (known && known.asked !== asked) throw differentRequest();
    if (!known && onlyRepeat) throw coinRefusal('not_found', 'id', 'unknown-change', 'There is no such change.');
    const change = known?.change ?? work(randomUUID());
    made.set(`${userId} ${key}`, { asked, change });
    return change;
  };
  const client: HoldingClient = {
    keepsCoins: async () => state.is === 'there',
    changeCoin: (asker, order) =>
      answer('changeCoin', order.idempotencyKey, () =>
        once(asker, order, `change ${order.symbol} ${order.by}`, (id) => {
          const { symbol, asset, by } = order;
          if (!/^\w+$/.test(symbol)) throw coinRefusal('invalid_argument', 'symbol', 'invalid-argument', 'No symbol.');
          const isHeld = ofUser(asker.userId).held.has(symbol);
          if (!isHeld) requireBegun();
          if (!isHeld && (asset === '' || by.startsWith('-'))) throw notHeld('failed_precondition', symbol);
          return write(asker.userId, id, symbol, asset, by);
        }),
      ),
    removeCoin: (asker, order) =>
      answer('removeCoin', order.idempotencyKey, () =>
        once(asker, order, `remove ${order.symbol}`, (id) => {
          const held = ofUser(asker.userId).held.get(order.symbol);
          if (!held) requireBegun();
          if (!held) throw notHeld('not_found', order.symbol);
          return write(asker.userId, id, order.symbol, '', formatDecimal(negate(parseDecimal(held.available))));
        }),
      ),
    undoChange: (asker, changeId) =>
      answer('undoChange', changeId, () =>
        once(asker, { idempotencyKey: `undo ${changeId}` }, 'undo', (id) => {
          const { userId } = asker;
          const undone = [...made].find(
            ([name, { change }]) => name.startsWith(`${userId} `) && change.id === changeId,
          );
          const { coin, before, after } = undone?.[1].change ?? {};
          if (!coin || before === undefined || after === undefined)
            throw coinRefusal('not_found', 'id', 'unknown-change', 'There is no such change.');
          const by = formatDecimal(add(parseDecimal(before), negate(parseDecimal(after))));
          return write(userId, id, coin.via, coin.asset, by);
        }),
      ),
    beginAdoption: (highestId) =>
      answer('beginAdoption', '', () => {
        if (!isBegun) nextId = Math.max(nextId, (Math.floor(highestId / 1_000_000) + 1) * 1_000_000 - 1);
        isBegun = true;
      }),
    adoptHoldings: ({ userId }, coins) =>
      answer('adoptHoldings', '', () => {
        if (state.slowFor.has(userId)) throw new AppError('deadline_exceeded', 'Nothing came in time.');
        if (coins.some(({ symbol }) => symbol.startsWith('refused')))
          throw coinRefusal('invalid_argument', 'coins', 'invalid-argument', 'It cannot be taken over.');
        const user = ofUser(userId);
        if (!user.adopted) requireBegun();
        user.adopted ??= adopt(user, coins);
        return user.adopted;
      }),
    listCoins: ({ userId }) =>
      answer('listCoins', '', () => {
        const { version, held } = ofUser(userId);
        return { portfolioId: 'default', version, coins: [...held.values()] };
      }),
    check: async () => (state.is === 'away' ? 'is away' : undefined),
    close: () => undefined,
  };
  const adopt = (user: User, coins: readonly wire.AdoptedCoin[]): wire.AdoptHoldingsResponse => {
    for (const { id, symbol, quoteAsset, quantity, createdAtMs } of coins) {
      const asset = symbol.slice(0, -quoteAsset.length).toUpperCase();
      const amounts = { available: quantity, reserved: '0' };
      const times = { createdAtMs, updatedAtMs: atMs };
      user.held.set(symbol, { id, asset, via: symbol, ...amounts, version: ++user.version, ...times });
    }
    return { portfolioId: 'default', version: user.version, coins: [...user.held.values()] };
  };
  return {
    client,
    state,
    /** As where its database is another: one of a moment before, or an empty one. */
    loseAll: ({ isStillBegun = false } = {}) => {
      users.clear();
      made.clear();
      isBegun = isStillBegun;
      if (!isStillBegun) nextId = 0;
    },
    heldBy: (userId: string) =>
      Object.fromEntries(
        [...ofUser(userId).held.values()].map(({ via, id, available }) => [via, `${id}: ${available}`]),
      ),
  };
};
