import { randomUUID } from 'node:crypto';
import type { FillsAnswer } from '@tickfolio/api/order-parts';
import type { OrderTold } from '@tickfolio/api/order-told';
import type { OrderAnswer, OrderBody } from '@tickfolio/api/orders';
import type { BalancesAnswer, PortfoliosAnswer } from '@tickfolio/api/portfolios';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { type LiveSocket, signUp, type TestPerson } from './client.js';

const patienceMs = 60_000;

/** Somebody new who places orders at paper money, over REST, and hears of them on a socket. */
export interface PaperPerson {
  readonly person: TestPerson;
  /** The portfolio of paper money that everybody gets. */
  readonly portfolioId: string;
  readonly socket: LiveSocket;
  /** What was asked for was decided: it is working, has ended, or was refused. */
  place(order: OrderBody): Promise<OrderAnswer>;
  read(id: string): Promise<OrderAnswer>;
  /** As it is once it has ended and all its fills are booked. */
  ended(id: string): Promise<OrderAnswer>;
  fills(id: string): Promise<FillsAnswer['fills']>;
  /** What there is of an asset; undefined for nothing yet. */
  balance(asset: string): Promise<BalancesAnswer['balances'][number] | undefined>;
  /** What the socket told of an order. */
  told(id: string): readonly OrderTold[];
}

const hasEnded = ({ status, settled }: OrderAnswer): boolean =>
  settled && ['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED'].includes(status);

export const paperPerson = async (base: string): Promise<PaperPerson> => {
  const person = await signUp(base);
  const get = async <Answer>(path: string): Promise<Answer> => {
    const { status, body } = await person.call('GET', `/api/v1${path}`);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body as Answer;
  };
  const portfolioId = await eventually(
    'both portfolios',
    async () => {
      const { portfolios } = await get<PortfoliosAnswer>('/portfolios');
      return portfolios.length === 2 && portfolios.find(({ kind }) => kind === 'paper')?.id;
    },
    patienceMs,
  );
  const socket = await person.connect();
  socket.send(JSON.stringify({ type: 'view', portfolioId }));
  socket.send(JSON.stringify({ type: 'subscribe', channels: ['orders', 'balances'] }));
  await eventually('subscribed', () => socket.messages.some(({ Type }) => Type === 'subscribed'), patienceMs);
  const read = (id: string) => get<OrderAnswer>(`/orders/${id}`);
  return {
    ...{ person, portfolioId, socket, read },
    place: async (order) => {
      // Named, so that asking again makes no second one.
      const named = { clientOrderId: randomUUID(), ...order };
      // A run that just began does not know yet what is listed and traded, and says so.
      const placed = await eventually(
        `${order.side} ${order.symbol} is placed`,
        async () => {
          const answer = await person.call('POST', '/api/v1/orders', named);
          if (answer.status >= 500 || answer.body.type === '/docs/errors/no-price-yet')
            throw new Error(JSON.stringify(answer.body));
          return answer;
        },
        patienceMs,
        200,
      );
      if (placed.status > 202) throw new Error(`${placed.status} ${JSON.stringify(placed.body)}`);
      const { id } = placed.body as OrderAnswer;
      return eventually(
        'it is decided',
        async () => {
          const order = await read(id);
          return order.status !== 'PENDING' && order;
        },
        patienceMs,
      );
    },
    ended: (id) =>
      eventually(
        'the order has ended',
        async () => {
          const order = await read(id);
          if (!hasEnded(order)) throw new Error(JSON.stringify(order));
          return order;
        },
        2 * patienceMs,
      ),
    fills: async (id) => (await get<FillsAnswer>(`/orders/${id}/fills`)).fills,
    balance: async (asset) =>
      (await get<BalancesAnswer>(`/portfolios/${portfolioId}/balances`)).balances.find((one) => one.asset === asset),
    told: (id) => {
      const all = socket.messages.filter((message): message is OrderTold => message.Type === 'order');
      return all.filter(({ Order }) => Order.id === id);
    },
  };
};
