import { randomUUID } from 'node:crypto';
import { createManualClock } from '@tickfolio/lib/clock';
import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { expect, it } from 'vitest';
import { createPortfolioNews, type Told } from '../../kit/portfolio-news.js';
import { createToldBalances } from './told-balances.js';

const [alice, bob, paper] = ['alice', 'bob', randomUUID()];

/** Connections that read only when a test says so, and a service whose events come as a test has them. */
const setUp = ({ base = 0 as number | undefined, epoch = 0 } = {}) => {
  const news = createPortfolioNews({ append: async () => undefined }, createManualClock());
  const standing = { base, epoch };
  const balances = createToldBalances(
    async (of) => new Map(of.map(({ portfolioId }) => [portfolioId, { ...standing }] as const)),
  );
  const open = (userId: string) => {
    const channel = balances.open({ userId, owed: () => undefined });
    const read = () => {
      const said: Record<string, unknown>[] = [];
      for (let text = channel.next(); text !== undefined; text = channel.next()) said.push(JSON.parse(text));
      return said.map(({ Type, Asset, Available, Version }) =>
        Type === 'balance' ? `${Version}: ${Available} ${Asset}` : Type,
      );
    };
    return { ...channel, read };
  };
  const take = (...told: readonly Told[]) =>
    balances.take(
      told.map(({ message }) => {
        const read = balanceEvents.read({ value: Buffer.from(String(message.value)) });
        if (read.kind !== 'event') throw new Error('no event');
        return read.event;
      }),
    );
  const usdt = (available: string, userId = alice) => news.balance(userId, paper, 'USDT', '', available);
  return { news, standing, balances, open, take, usdt };
};

it('a slow reader gets the newest of each balance, in the order of their versions', async () => {
  const { open, take, usdt, news } = setUp();
  const slow = open(alice);
  for (let at = 1; at <= 300; at++) await take(usdt(String(at)), news.balance(alice, paper, 'ETH', 'ethusdt', '2'));
  await take(usdt('0'));
  expect(slow.read()).toEqual(['600: 2 ETH', '601: 0 USDT']);
  expect(slow.read()).toEqual([]);
});

it('where more balances wait for one reader than are kept, it is told to read all anew, and what comes after that', async () => {
  const { open, take, usdt, news } = setUp();
  const [slow, quick] = [open(alice), open(alice)];
  const assets = Array.from({ length: 1_001 }, (_, at) => news.balance(alice, paper, `A${at}`, '', '1'));
  await take(...assets.slice(0, 1_000));
  expect(quick.read()).toHaveLength(1_000);
  await take(...assets.slice(1_000));
  await take(usdt('7'));
  expect(slow.read()).toEqual(['resync', '1002: 7 USDT']);
  expect(quick.read()).toEqual(['1001: 1 A1000', '1002: 7 USDT']);
});

it('what is handed over again is told once, and a gap is said', async () => {
  const { open, take, usdt } = setUp();
  const socket = open(alice);
  const [first, second, , fourth] = [usdt('1'), usdt('2'), usdt('3'), usdt('4')];
  await take(first, second);
  await take(first, second);
  expect(socket.read()).toEqual(['2: 2 USDT']);
  await take(second, first);
  expect(socket.read()).toEqual([]);
  await take(fourth);
  expect(socket.read()).toEqual(['resync', '4: 4 USDT']);
});

it('versions go on from what clients know where the service was restored, and until that is known balances are to be read', async () => {
  const { open, take, usdt, news, standing } = setUp({ base: 0, epoch: 1 });
  const socket = open(alice);
  const before = usdt('1');
  await take(before);
  expect(socket.read()).toEqual(['1: 1 USDT']);
  news.restored();
  await take(usdt('10'));
  expect(socket.read()).toEqual(['resync']);
  Object.assign(standing, { base: 40, epoch: 2 });
  await take(usdt('11'), before);
  expect(socket.read()).toEqual(['resync', '42: 11 USDT']);
});

it('says once more that balances are to be read when it is known how versions go on: read before that they look old', async () => {
  const { open, take, usdt, news, standing, balances } = setUp({ base: 0, epoch: 1 });
  const [socket, other] = [open(alice), open(bob)];
  await take(usdt('1'));
  expect(socket.read()).toEqual(['1: 1 USDT']);
  news.restored();
  await take(usdt('10'));
  expect(socket.read()).toEqual(['resync']);
  await balances.shown(alice, paper);
  expect(socket.read()).toEqual([]);
  Object.assign(standing, { base: 40, epoch: 2 });
  await balances.shown(alice, paper);
  await balances.shown(bob, paper);
  expect(socket.read()).toEqual(['resync']);
  await balances.shown(alice, paper);
  expect([...socket.read(), ...other.read()]).toEqual([]);
});

it('while what one owns is being handed over, balances are to be read', async () => {
  const { open, take, usdt, standing } = setUp();
  Object.assign(standing, { base: undefined });
  const socket = open(alice);
  await take(usdt('1'));
  expect(socket.read()).toEqual(['resync']);
});

it('nobody is told of another one’s, or after they left', async () => {
  const { open, take, usdt, balances } = setUp();
  const [mine, other] = [open(alice), open(bob)];
  await take(usdt('1'));
  balances.missed(alice);
  expect(other.read()).toEqual([]);
  expect(mine.read()).toEqual(['resync', '1: 1 USDT']);
  mine.close();
  await take(usdt('2'));
  expect(mine.read()).toEqual([]);
  expect(balances.isWanted).toBe(true);
  other.close();
  expect(balances.isWanted).toBe(false);
});
