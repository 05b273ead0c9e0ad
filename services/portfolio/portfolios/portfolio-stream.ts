import { streams } from '@tickfolio/lib/events/streams';
import type { AppendEvents } from '@tickfolio/lib/outbox';
import type { Transaction } from '@tickfolio/lib/postgres';
import type { Owner } from './owner.js';
import type { PortfolioRow } from './portfolio.js';

export type PortfolioEventType = 'portfolio.created' | 'portfolio.updated' | 'portfolio.archived';

/** Tells what became of a portfolio, in the transaction in which it does. @param row as it is now, its version raised */
export type TellOfPortfolio = (
  tx: Transaction,
  owner: Owner,
  type: PortfolioEventType,
  row: PortfolioRow,
) => Promise<void>;

/**
 * The topic, loaded when somebody is told of something: what it checks events with is nothing that the first price after
 * a start should wait for.
 */
export const loadTopic = async () => (await import('@tickfolio/lib/events/portfolio-events')).portfolioEvents;

/** A caller may name a request as it likes. */
const maxIdLength = 128;

export const createTellOfPortfolio =
  (append: AppendEvents): TellOfPortfolio =>
  async (tx, { userId, requestId, causedBy }, type, row) => {
    const { id: portfolioId, version, name, kind, baseCurrencyCode, costMethod, feeAsset, isDefault, simulated } = row;
    const about = {
      userId,
      ...(requestId === '' ? {} : { requestId: requestId.slice(0, maxIdLength) }),
      ...(causedBy === undefined ? {} : { causedBy }),
    };
    const stream = streams.portfolio(portfolioId);
    const whole = { portfolioId, name, kind, baseCurrencyCode, costMethod, feeAsset, isDefault, simulated };
    const topic = await loadTopic();
    if (type === 'portfolio.archived')
      await append(tx, topic, [{ ...about, type, stream, version, data: { portfolioId } }]);
    else await append(tx, topic, [{ ...about, type, stream, version, data: whole }]);
  };
