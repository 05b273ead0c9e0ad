import { AppError } from '@tickfolio/lib/errors';
import type { PortfolioClient } from './portfolio-client.js';

/** What is called otherwise over REST than between the services. */
const restNames: Readonly<Record<string, string>> = {
  portfolio_id: 'id',
  network_fee: 'networkFee',
  expires_at_ms: 'expiresAt',
};

const rename = (thrown: unknown): never => {
  if (!(thrown instanceof AppError) || !thrown.fields.some(({ field }) => field in restNames)) throw thrown;
  const { code, message, problem, retryAfterMs, facts } = thrown;
  const fields = thrown.fields.map((fault) => ({ ...fault, field: restNames[fault.field] ?? fault.field }));
  const more = retryAfterMs === undefined ? {} : { retryAfterMs };
  throw new AppError(code, message, { cause: thrown, problem, fields, facts, ...more });
};
/** A call whose refusals name what was wrong as REST does. */
export const renaming =
  <Asked extends readonly unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) =>
  (...asked: Asked): Promise<Answer> =>
    ask(...asked).catch(rename);

/** The portfolio service, whose refusals name what was wrong as REST does. */
export const withRestNames = (client: PortfolioClient): PortfolioClient => ({
  ...client,
  fund: renaming(client.fund),
  transfer: renaming(client.transfer),
  balances: renaming(client.balances),
});
