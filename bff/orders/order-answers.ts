import type * as parts from '@tickfolio/api/order-parts';
import type * as api from '@tickfolio/api/orders';
import type * as wire from '@tickfolio/gen/orders/v1';
import { divide, formatDecimal, isZero, parseDecimal } from '@tickfolio/lib/money';
import type { Static } from 'typebox';

type OrderAnswer = Static<typeof api.OrderAnswer>;
type FillAnswer = Static<typeof parts.FillsAnswer>['fills'][number];
type ProofAnswer = Static<typeof parts.ProofAnswer>;

const momentOf = (ms: number): string => new Date(ms).toISOString();
const averageDecimals = 18;

const averageOf = ({ filledQuantity, filledQuote }: wire.Order): string | null => {
  const quantity = parseDecimal(filledQuantity);
  return isZero(quantity) ? null : formatDecimal(divide(parseDecimal(filledQuote), quantity, averageDecimals));
};

/** What the service says of an order, as it is told over REST. */
export const orderAnswerOf = (order: wire.Order): OrderAnswer => ({
  id: order.id,
  clientOrderId: order.clientOrderId,
  portfolioId: order.portfolioId,
  symbol: order.symbol,
  side: order.side as OrderAnswer['side'],
  type: order.type as OrderAnswer['type'],
  timeInForce: (order.timeInForce ?? null) as OrderAnswer['timeInForce'],
  quantity: order.quantity ?? null,
  quoteQuantity: order.quoteQuantity ?? null,
  price: order.price ?? null,
  stopPrice: order.stopPrice ?? null,
  icebergQuantity: order.icebergQuantity ?? null,
  status: order.status as OrderAnswer['status'],
  working: order.working,
  filledQuantity: order.filledQuantity,
  filledQuote: order.filledQuote,
  averagePrice: averageOf(order),
  fees: order.fees.map(({ asset, quantity }) => ({ asset, quantity })),
  reserved: { asset: order.reserved?.asset ?? '', quantity: order.reserved?.quantity ?? '0' },
  settled: order.settled,
  reason: order.reason ?? null,
  mode: order.mode as OrderAnswer['mode'],
  executionId: order.executionId ?? null,
  simulatedPrices: order.simulatedPrices,
  ...(order.gap ? { gap: gapOf(order.gap) } : {}),
  version: order.version,
  createdAt: momentOf(order.createdAtMs),
  updatedAt: momentOf(order.updatedAtMs),
});

const gapOf = ({ fromId: from, toId: to, basis }: wire.TradeGap) => ({
  from,
  to,
  ...(basis === undefined ? {} : { basis }),
});

export const fillAnswerOf = (fill: wire.Fill): FillAnswer => ({
  id: fill.id,
  tradeId: fill.tradeId ?? null,
  price: fill.price,
  quantity: fill.quantity,
  quote: fill.quote,
  fee: fill.fee ?? null,
  feeAsset: fill.feeAsset ?? null,
  maker: fill.maker,
  tradedAt: momentOf(fill.tradedAtMs),
});

export const proofAnswerOf = (proof: wire.ProofResponse): ProofAnswer => ({
  model: proof.model as ProofAnswer['model'],
  rules: { ...proof.rules },
  acceptedAfterTrade: proof.acceptedAfterTrade ?? null,
  endedAfterTrade: proof.endedAfterTrade ?? null,
  fills: proof.fills.map(({ tradedAtMs, ...fill }) => ({ ...fill, tradedAt: momentOf(tradedAtMs) })),
  verify: proof.verify,
});
