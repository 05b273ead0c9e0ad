import type { FillsAnswer } from '@tickfolio/api/order-parts';
import type { OrderAnswer, OrdersAnswer } from '@tickfolio/api/orders';
import type { BalancesAnswer } from '@tickfolio/api/portfolios';
import { askUntilAnswered } from './order-load.js';
import type { PaperPerson } from './paper-person.js';
import { Exact } from './price-record.js';
import type { PublicTrades } from './trade-record.js';

export const paperGrant = '10000';

type Fill = FillsAnswer['fills'][number];
export interface FilledOrder extends OrderAnswer {
  readonly fills: readonly Fill[];
}

const read = async <Answer>({ person }: PaperPerson, path: string): Promise<Answer> => {
  const { status, body } = await askUntilAnswered(person, 'GET', `/api/v1${path}`);
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body as Answer;
};

/** All orders of somebody, the newest first. */
export const ordersOf = async (paper: PaperPerson): Promise<readonly OrderAnswer[]> => {
  const all: OrderAnswer[] = [];
  for (let cursor = ''; ; ) {
    const page = await read<OrdersAnswer>(paper, `/orders?limit=500${cursor && `&cursor=${cursor}`}`);
    all.push(...page.orders);
    if (page.next === null) return all;
    cursor = encodeURIComponent(page.next);
  }
};

/** The same with what filled each. */
export const filledOrdersOf = async (paper: PaperPerson): Promise<readonly FilledOrder[]> => {
  const all: FilledOrder[] = [];
  for (const order of await ordersOf(paper)) {
    if (order.filledQuantity === '0') all.push({ ...order, fills: [] });
    else all.push({ ...order, fills: (await read<FillsAnswer>(paper, `/orders/${order.id}/fills?limit=500`)).fills });
  }
  return all;
};

export const isOpen = ({ status }: OrderAnswer): boolean => status === 'NEW' || status === 'PARTIALLY_FILLED';

/**
 * What is wrong with the fills of one portfolio's orders, by what the exchange itself says was traded: more than the
 * order, of no trade, at a better price than is to be had, twice, or more of a trade than there was.
 */
export const wrongFills = (
  orders: readonly FilledOrder[],
  tradesOf: (symbol: string) => PublicTrades,
): readonly string[] => {
  const wrong: string[] = [];
  const taken = new Map<string, InstanceType<typeof Exact>>();
  for (const order of orders) {
    const say = (words: string) => wrong.push(`${order.clientOrderId} (${order.id}, ${order.status}): ${words}`);
    const { symbol, side, price: limit, fills } = order;
    let [quantity, quote] = [new Exact(0), new Exact(0)];
    for (const fill of fills) {
      quantity = quantity.plus(fill.quantity);
      quote = quote.plus(fill.quote);
      const trade = tradesOf(symbol).get(fill.tradeId ?? -1);
      if (!trade) {
        say(`there is no trade ${fill.tradeId}`);
        continue;
      }
      if (trade.T !== Date.parse(fill.tradedAt)) say(`${trade.a} was traded at another time`);
      // Who rests gets his own price, and only where a trade went through it; who takes pays what was paid at least.
      const [worse, better] = side === 'BUY' ? (['lt', 'gt'] as const) : (['gt', 'lt'] as const);
      if (fill.maker ? !new Exact(trade.p)[worse](fill.price) : new Exact(trade.p)[better](fill.price))
        say(`${fill.price} of ${trade.a}, which was traded at ${trade.p}`);
      if (limit !== null && new Exact(fill.price)[better](limit)) say(`${fill.price}, beyond its limit ${limit}`);
      if (!new Exact(fill.price).times(fill.quantity).eq(fill.quote)) say(`${fill.quote} is no price × quantity`);
      const key = `${symbol} ${trade.a}`;
      const all = (taken.get(key) ?? new Exact(0)).plus(fill.quantity);
      taken.set(key, all);
      if (all.gt(trade.q)) say(`${all} was taken of ${trade.a}, which had ${trade.q}`);
    }
    if (new Set(fills.map(({ tradeId }) => tradeId)).size !== fills.length) say('filled twice by one trade');
    if (!quantity.eq(order.filledQuantity) || !quote.eq(order.filledQuote))
      say(`${order.filledQuantity} for ${order.filledQuote} is filled, by its fills ${quantity} for ${quote}`);
    if (order.quantity !== null && quantity.gt(order.quantity)) say(`more than ${order.quantity} is filled`);
  }
  return wrong;
};

const basesAndQuote = (symbol: string) => ({ base: symbol.slice(0, -4).toUpperCase(), quote: 'USDT' });

/**
 * What of the balances cannot be explained by the grant, the fills with their fees, and what the open orders keep.
 * @returns `ASSET total reserved`, as it is and as it should be
 */
export const unexplained = async (paper: PaperPerson, orders: readonly FilledOrder[]): Promise<readonly string[]> => {
  const should = new Map<string, { total: InstanceType<typeof Exact>; reserved: InstanceType<typeof Exact> }>();
  const add = (asset: string, kind: 'total' | 'reserved', amount: string) => {
    const found = should.get(asset) ?? { total: new Exact(0), reserved: new Exact(0) };
    should.set(asset, { ...found, [kind]: found[kind].plus(amount) });
  };
  add('USDT', 'total', paperGrant);
  for (const order of orders) {
    const { base, quote } = basesAndQuote(order.symbol);
    const [got, gave] = order.side === 'BUY' ? ([base, quote] as const) : ([quote, base] as const);
    const [much, paid] = order.side === 'BUY' ? (['quantity', 'quote'] as const) : (['quote', 'quantity'] as const);
    for (const fill of order.fills) {
      add(got, 'total', fill[much]);
      add(gave, 'total', `-${fill[paid]}`);
      add(fill.feeAsset ?? 'none', 'total', `-${fill.fee ?? 0}`);
    }
    if (!isOpen(order)) continue;
    add(order.reserved.asset, 'reserved', order.reserved.quantity);
    for (const fill of order.fills) add(order.reserved.asset, 'reserved', `-${fill[paid]}`);
  }
  const { balances } = await read<BalancesAnswer>(paper, `/portfolios/${paper.portfolioId}/balances`);
  const is = new Map(balances.map((one) => [one.asset, one]));
  return [...new Set([...should.keys(), ...is.keys()])].flatMap((asset) => {
    const [found, wanted] = [is.get(asset), should.get(asset)];
    const said = `${asset} ${new Exact(found?.total ?? 0)} ${new Exact(found?.reserved ?? 0)}`;
    const due = `${asset} ${wanted?.total ?? 0} ${wanted?.reserved ?? 0}`;
    return said === due ? [] : [`${said}, and should be ${due}`];
  });
};
