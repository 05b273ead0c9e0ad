import { randomUUID } from 'node:crypto';
import { OrderServiceClient } from '@tickfolio/gen/orders/v1';
import { PortfolioServiceClient } from '@tickfolio/gen/portfolio/v1';
import { AppError } from '@tickfolio/lib/errors';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { patience, startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProcess, type TestProcess } from '@tickfolio/lib/kit/process';
import { createRandom } from '@tickfolio/lib/kit/random';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { migrationsFolder } from '@tickfolio/orders/app';
import { afterAll, expect, it } from 'vitest';

const kills = countOf('KILLS', 6);
const ordersBetween = 8;
const withinMs = 60_000;
const postgres = await startTestPostgres();
afterAll(() => postgres?.close());

it.skipIf(!postgres)(
  `every order ends, with each fill booked once and nothing kept, through ${kills} kills (-9) of orders and portfolio, seed ${seed} (F2, F3, F4, F5, F10, F11)`,
  { timeout: 180_000 + kills * 30_000 },
  async () => {
    if (!postgres) throw new Error('no server');
    for (const name of ['portfolio_service', 'order_service']) await postgres.createDatabase(name);
    const random = createRandom(seed);
    const { host, port, user, password } = postgres;
    const [ordersPort, portfolioPort] = [await freePort(), await freePort()];
    const away = '127.0.0.1:1';
    const database = {
      POSTGRES_HOST: host,
      POSTGRES_PORT: String(port),
      POSTGRES_USER: user,
      POSTGRES_PASSWORD: password,
    };
    const portfolioTarget = `127.0.0.1:${portfolioPort}`;
    const startPortfolio = () =>
      startProcess(process.execPath, ['services/portfolio/dist/main.js'], {
        ...{ ENV: 'local', LOG_LEVEL: 'info', GRPC_PORT: String(portfolioPort), METRICS_ADDR: '127.0.0.1:0' },
        ...{ BROKERS: away, AUTH_SERVICE_ADDR: away, SOCKET_SERVICE_ADDR: away, PAPER_GRANT: '1000000' },
        ...database,
      });
    const server = { host, port, user, password, database: 'order_service', migrationsFolder, ...patience };
    const settings = JSON.stringify({ server, portfolio: portfolioTarget, port: ordersPort });
    const startOrders = () =>
      startProcess(process.execPath, ['services/orders/dist/kit/order-process.js', settings], {});
    const running: { portfolio: TestProcess; orders: TestProcess } = {
      portfolio: startPortfolio(),
      orders: startOrders(),
    };

    const orders = createGrpcClient(OrderServiceClient, `127.0.0.1:${ordersPort}`);
    const portfolios = createGrpcClient(PortfolioServiceClient, portfolioTarget);
    const userId = randomUUID();
    const owner = { userId, simulatedPrices: false };
    const options = { deadlineMs: 5_000, waitForReady: true };
    /** What is answered once both are there; asked for again while one is not. */
    const answered = <Value>(what: string, work: () => Promise<Value>): Promise<Value | 'refused'> =>
      eventually(
        what,
        async () => {
          try {
            return await work();
          } catch (thrown) {
            const passes = ['unavailable', 'deadline_exceeded', 'internal', 'canceled', 'resource_exhausted'];
            if (thrown instanceof AppError && passes.includes(thrown.code)) return undefined;
            if (thrown instanceof AppError) return 'refused' as const;
            throw thrown;
          }
        },
        withinMs,
        50,
      );
    await answered('portfolios', () =>
      callUnary(portfolios, portfolios.list, { owner, archived: false, limit: 10, cursor: '' }, options),
    );

    const names = new Set<string>();
    const placeOne = async () => {
      const clientOrderId = `k${names.size + 1}`;
      names.add(clientOrderId);
      const side = random() < 0.7 ? 'BUY' : 'SELL';
      const asked = { owner, symbol: 'btcusdt', side, type: 'LIMIT', quantity: '1', price: '100', clientOrderId };
      const placed = await answered(`${clientOrderId} is answered`, () =>
        callUnary(orders, orders.place, asked, options),
      );
      if (placed === 'refused' || random() < 0.6) return;
      const orderId = placed.order?.id ?? '';
      await answered(`${clientOrderId} is cancelled`, () =>
        callUnary(orders, orders.cancel, { userId, orderId }, options),
      );
    };
    for (let count = 0; count < kills; count++) {
      const asked = Promise.all(Array.from({ length: ordersBetween }, placeOne));
      await new Promise((resolve) => setTimeout(resolve, random() * 600));
      const victim = random() < 0.6 ? 'orders' : 'portfolio';
      await running[victim].end('SIGKILL');
      running[victim] = victim === 'orders' ? startOrders() : startPortfolio();
      await asked;
    }
    const all = { userId, symbol: undefined, portfolioId: undefined };
    await answered('all are cancelled', () => callUnary(orders, orders.cancelAll, all, options));
    const query = (text: string) => postgres.query<Record<string, string>>(text, 'order_service');
    await eventually(
      'every order has ended',
      async () => (await query(`select id from sagas where step <> 'done'`)).length === 0,
      withinMs,
      100,
    );

    expect((await query('select client_order_id from orders')).length).toBe(names.size);
    expect(await query(`select id from fills where settled_at is null`)).toEqual([]);
    expect(Number((await query('select count(*) as of from fills'))[0]?.of)).toBeGreaterThan(0);
    const kept = await postgres.query("select id from reservations where state = 'held'", 'portfolio_service');
    expect(kept).toEqual([]);
    const settled = await postgres.query<{ id: string }>(
      `select id from postings where kind = 'settle'`,
      'portfolio_service',
    );
    const made = await query('select id from fills');
    expect(settled.map(({ id }) => id).sort()).toEqual(made.map(({ id }) => String(id)).sort());
    for (const [audit, name] of [
      ['services/portfolio/dist/audits/main.js', 'portfolio_service'],
      ['services/orders/dist/audits/main.js', 'order_service'],
    ] as const) {
      const env = { ...database, POSTGRES_DB: name, PORTFOLIO_SERVICE_ADDR: portfolioTarget, ENV: 'local' };
      const ended = startProcess(process.execPath, [audit], env);
      expect([(await ended.ended).code, ended.err()]).toEqual([0, '']);
    }
    orders.close();
    portfolios.close();
    for (const one of Object.values(running)) await one.end('SIGKILL');
  },
);
