import { randomUUID } from 'node:crypto';
import { type AdoptedCoin, HoldingServiceClient } from '@tickfolio/gen/portfolio/v1/holding';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';

/** What is called of `portfolio.v1.HoldingService` of one that is started. @param deadlineMs of each call, unless it says another */
export const connectHoldings = (port: number, deadlineMs = 60_000) => {
  const client = createGrpcClient(HoldingServiceClient, `127.0.0.1:${port}`);
  const options = { deadlineMs, waitForReady: true };
  const as = (userId: string, portfolioId = 'default', heardVersion = 0) => {
    const of = { owner: { userId, simulatedPrices: false }, portfolioId };
    const asked = { ...of, heardVersion };
    return {
      change: (
        by: string,
        {
          symbol = 'btcusdt',
          asset = 'BTC',
          key = randomUUID() as string,
          within = deadlineMs,
          price = '',
          onlyRepeat = false,
        } = {},
      ) => {
        const observedPrice = price === '' ? undefined : price;
        const request = { ...asked, symbol, asset, by, observedPrice, idempotencyKey: key, onlyRepeat };
        return callUnary(client, client.changeCoin, request, { ...options, deadlineMs: within });
      },
      remove: (symbol = 'btcusdt', key: string = randomUUID()) =>
        callUnary(client, client.removeCoin, { ...asked, symbol, idempotencyKey: key }, options),
      undo: (changeId: string) => callUnary(client, client.undoChange, { ...asked, changeId }, options),
      coins: () => callUnary(client, client.listCoins, of, options),
      adopt: (coins: AdoptedCoin[]) => callUnary(client, client.adoptHoldings, { owner: of.owner, coins }, options),
    };
  };
  return {
    as,
    begin: async (highestId: number) => (await callUnary(client, client.beginAdoption, { highestId }, options)).firstId,
    close: () => client.close(),
  };
};

/** A coin as the gateway counted it. */
export const coinElsewhere = (id: number, symbol: string, quantity: string, quoteAsset = 'USDT'): AdoptedCoin => ({
  id,
  symbol,
  quoteAsset,
  quantity,
  createdAtMs: Date.UTC(2026, 0, 27, 10) + id,
});
