import type * as wire from '@tickfolio/gen/portfolio/v1';
import { EventServiceClient, PortfolioServiceClient } from '@tickfolio/gen/portfolio/v1';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';
import type { ListEvents } from '@tickfolio/lib/outbox';
import { connectOwner } from '@tickfolio/lib/outbox/inbox';
import { orUnanswered, simplyAgain, underKey } from '../api/unanswered.js';

/** Who asks, as the access token and the request say. */
export interface Asker {
  readonly userId: string;
  /** Whether the prices of this installation are made up; undefined while nobody knows. */
  readonly simulated: boolean | undefined;
  readonly requestId: string;
}

type Without<Request> = Omit<Request, 'owner'>;

/**
 * The portfolio service as the gateway needs it. Changes are under a key always, so none is made twice. @throws AppError;
 * `unavailable` in words when it is away, `deadline_exceeded` where it is not known what came of a change
 */
export interface PortfolioClient {
  create(asker: Asker, plan: Without<wire.CreatePortfolioRequest>): Promise<wire.Portfolio>;
  list(asker: Asker, page: Without<wire.ListPortfoliosRequest>): Promise<wire.ListPortfoliosResponse>;
  get(asker: Asker, portfolioId: string): Promise<wire.Portfolio>;
  update(asker: Asker, change: Without<wire.UpdatePortfolioRequest>): Promise<wire.Portfolio>;
  archive(asker: Asker, portfolioId: string): Promise<wire.Portfolio>;
  fund(asker: Asker, given: Without<wire.FundRequest>): Promise<wire.FundResponse>;
  transfer(asker: Asker, moved: Without<wire.TransferRequest>): Promise<wire.TransferResponse>;
  balances(asker: Asker, portfolioId: string): Promise<wire.Balances>;
  /** What became of portfolios and of what is in them, for who is new or missed some. */
  readonly listEvents: ListEvents;
  /** Undefined when the service says it serves, else what is wrong. */
  check(): Promise<string | undefined>;
  close(): void;
}

const deadlineMs = 2_000;
const restMs = 2_000;
const bounds = { opens: { failuresInRow: 5 }, maxAtOnce: 64, maxWaiting: 1_000, maxWaitMs: 1_000 };
/** Circuits of their own: changes that take long say nothing about what is read. */
const [readBounds, changeBounds] = [
  { circuit: 'portfolio', ...bounds },
  { circuit: 'portfolio-changes', ...bounds },
];

export const createPortfolioClient = (where: Neighbour): PortfolioClient => {
  const { client, call, check, close } = createServiceClient(PortfolioServiceClient, {
    ...where,
    away: 'Portfolios cannot be reached at the moment; please try again in a few seconds.',
    restMs,
    classes: { reads: { deadlineMs, bounds: readBounds }, changes: { deadlineMs, bounds: changeBounds } },
  });
  const events = connectOwner(EventServiceClient, where);
  const ownerOf = ({ userId, simulated }: Asker): wire.Owner => ({ userId, simulatedPrices: simulated });
  const found = ({ portfolio }: wire.PortfolioResponse): wire.Portfolio => {
    if (!portfolio) throw new Error('the portfolio service answered without a portfolio');
    return portfolio;
  };
  return {
    create: async (asker, plan) => {
      const meta = { requestId: asker.requestId, repeatable: true };
      const request = { owner: ownerOf(asker), ...plan };
      return found(
        await orUnanswered(underKey(plan.idempotencyKey), () => call('changes', client.create, request, meta)),
      );
    },
    list: (asker, page) =>
      call('reads', client.list, { owner: ownerOf(asker), ...page }, { requestId: asker.requestId, repeatable: true }),
    get: async (asker, portfolioId) => {
      const meta = { requestId: asker.requestId, repeatable: true };
      return found(await call('reads', client.get, { owner: ownerOf(asker), portfolioId }, meta));
    },
    update: async (asker, change) => {
      // It says what is to be, not what is to be added.
      const meta = { requestId: asker.requestId, repeatable: true };
      const request = { owner: ownerOf(asker), ...change };
      return found(await orUnanswered(simplyAgain, () => call('changes', client.update, request, meta)));
    },
    archive: async (asker, portfolioId) => {
      const meta = { requestId: asker.requestId, repeatable: true };
      const request = { owner: ownerOf(asker), portfolioId };
      return found(await orUnanswered(simplyAgain, () => call('changes', client.archive, request, meta)));
    },
    fund: (asker, given) => {
      const meta = { requestId: asker.requestId, repeatable: true };
      const request = { owner: ownerOf(asker), ...given };
      return orUnanswered(underKey(given.idempotencyKey), () => call('changes', client.fund, request, meta));
    },
    transfer: (asker, moved) => {
      const meta = { requestId: asker.requestId, repeatable: true };
      const request = { owner: ownerOf(asker), ...moved };
      return orUnanswered(underKey(moved.idempotencyKey), () => call('changes', client.transfer, request, meta));
    },
    balances: (asker, portfolioId) => {
      const meta = { requestId: asker.requestId, repeatable: true };
      return call('reads', client.getBalances, { owner: ownerOf(asker), portfolioId }, meta);
    },
    listEvents: events.list,
    check,
    close: () => {
      events.close();
      close();
    },
  };
};
