import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { streams } from '@tickfolio/lib/events/streams';
import { describe, expect, it } from 'vitest';
import { createUser, type TestBff, type TestUser } from '../../kit/bff.js';
import { createViewers } from '../../kit/viewers.js';

const viewers = createViewers();
const { build, look, isKnown, hold, running } = viewers;

const channels = ['balances'];
const listen = async (bff: TestBff, user: TestUser) => {
  const socket = await look(bff, user);
  const say = (message: object) => socket.ws.send(JSON.stringify(message));
  const told = () =>
    socket.messages.filter(({ Type }) => Type === 'balance') as unknown as readonly Record<string, unknown>[];
  const types = () => socket.messages.flatMap(({ Type }) => Type ?? []);
  const subscribe = async () => {
    say({ type: 'subscribe', channels });
    await socket.next(({ Type }) => Type === 'subscribed');
  };
  return { ...socket, say, told, types, subscribe };
};
/** A group that begins at the newest has begun. */
const read = async (replicas = 1) => {
  const built = await build(replicas);
  const somebody = await listen(built.bff, createUser(systemClock));
  await somebody.subscribe();
  // Its own group tells nothing of what was before: something is sent until it comes.
  for (const bff of running) {
    const user = createUser(systemClock);
    const socket = await listen(bff, user);
    await socket.subscribe();
    const id = randomUUID();
    await expect
      .poll(async () => {
        await built.news.send(built.news.balance(user.userId, id, 'USDT', '', '1'));
        return socket.told().length;
      })
      .toBeGreaterThan(0);
    await socket.close();
  }
  return built;
};

/** Up to which version a portfolio is shown. */
const seenOf = async (id: string) => {
  const { rows } = (await viewers.postgres.db.execute(
    `select base + version as version from balance_versions where portfolio_id = '${id}' and version > 0`,
  )) as unknown as { rows: { version: string }[] };
  return Number(rows[0]?.version);
};

describe('the channel of balances', () => {
  it('tells each change of what is in any portfolio of the user, at every replica, to who asks for it alone', async () => {
    const { news, bff } = await read(2);
    const [user, stranger] = [createUser(systemClock), createUser(systemClock)];
    const paper = randomUUID();
    const [first, second] = await Promise.all(running.map((one) => listen(one, user)));
    const [silent, other] = [await listen(bff, user), await listen(bff, stranger)];
    for (const one of [first, second, other]) await one?.subscribe();
    await news.send(
      news.made(user.userId, paper, { kind: 'paper' }),
      news.balance(user.userId, paper, 'USDT', '', '6000'),
      news.balance(user.userId, paper, 'BTC', 'btcusdt', '0.4995', '0.5'),
    );
    for (const one of [first, second])
      await expect
        .poll(() => one?.told())
        .toEqual([
          {
            ...{ Type: 'balance', PortfolioID: paper, Version: 1, Asset: 'USDT', Via: '', Available: '6000' },
            ...{ Reserved: '0', Reason: 'fund', Ref: expect.stringMatching(/^posting:/) },
          },
          {
            ...{ Type: 'balance', PortfolioID: paper, Version: 2, Asset: 'BTC', Via: 'btcusdt', Available: '0.4995' },
            ...{ Reserved: '0.5', Reason: 'fund', Ref: expect.stringMatching(/^posting:/) },
          },
        ]);
    expect(silent.types()).toEqual([]);
    expect(other.told()).toEqual([]);
  });

  it('tells what is kept for orders and given back, and nothing of what was refused', async () => {
    const { news, bff, append } = await read();
    const user = createUser(systemClock);
    const [portfolioId, reservationId] = [randomUUID(), randomUUID()];
    const socket = await listen(bff, user);
    await socket.subscribe();
    await news.send(news.balance(user.userId, portfolioId, 'USDT', '', '10'));
    const time = '2026-01-27T10:00:00.000Z';
    const around = (version: number) => ({
      ...{ id: randomUUID(), source: 'portfolio', epoch: 1, userId: user.userId, time, version },
      stream: streams.balances(portfolioId),
    });
    const balance = { portfolioId, balanceId: 1, asset: 'USDT', via: '', createdAt: time };
    const kept = { ...balance, reservationId, amount: '4', remaining: '4' };
    const reserved = {
      ...around(2),
      type: 'balance.reserved',
      data: { ...kept, available: '6', reserved: '4' },
    } as const;
    const refusal = {
      portfolioId,
      reservationId,
      asset: 'USDT',
      amount: '7',
      available: '6',
      reason: 'insufficient-balance',
    };
    const refused = { ...around(3), type: 'balance.reservation_refused', data: refusal } as const;
    const back = { ...kept, remaining: '0', available: '10', reserved: '0' };
    const released = { ...around(4), type: 'balance.released', data: back } as const;
    for (const event of [reserved, refused, released]) await append(balanceEvents.messageOf(event));
    await expect.poll(() => socket.told().at(-1)?.Reason).toBe('release');
    expect(socket.told().slice(-1)).toMatchObject([
      { Version: 4, Available: '10', Reserved: '0', Ref: `reservation:${reservationId}` },
    ]);
    expect(socket.types()).not.toContain('resync');
  });

  it('has the versions that frames have, of what one owns too', async () => {
    const { news, bff } = await read();
    const user = createUser(systemClock);
    await hold(bff, user, 'btcusdt', '2');
    const id = defaultPortfolioId(user.userId);
    await viewers.postgres.db.execute(
      `update profiles set adopting_at = now(), adopted_at = now(), version_base = version where id = '${user.userId}'`,
    );
    const socket = await listen(bff, user);
    await socket.subscribe();
    const { Version } = await socket.next();
    await news.send(news.made(user.userId, id, { isDefault: true }), news.balance(user.userId, id, 'USDT', '', '5'));
    await isKnown(id);
    await socket.next((frame) => frame.Version === Version + 1 && frame.NetWorth !== undefined);
    await expect.poll(() => socket.told().at(-1)).toMatchObject({ PortfolioID: id, Version: Version + 1 });
  });

  it('has versions that go on where the service was restored, and says before that balances are to be read', async () => {
    const { news, bff } = await read();
    const user = createUser(systemClock);
    const id = randomUUID();
    const socket = await listen(bff, user);
    await socket.subscribe();
    const give = (available: string) => news.send(news.balance(user.userId, id, 'USDT', '', available));
    const seen = () => seenOf(id);
    await news.send(news.made(user.userId, id));
    for (const available of ['1', '2', '3']) await give(available);
    await expect.poll(() => socket.told().at(-1)?.Version).toBe(3);
    await expect.poll(seen).toBe(3);
    news.restored();
    await news.send(news.made(user.userId, id));
    await give('10');
    await socket.next(({ Type }) => Type === 'resync');
    await expect.poll(seen).toBe(4);
    await give('11');
    await expect.poll(() => socket.told().at(-1)).toMatchObject({ Version: 5, Available: '11' });
    expect(socket.told().map(({ Version }) => Version)).toEqual(
      [...socket.told().map(({ Version }) => Version)].sort(),
    );
  });

  it('says so once more when it is known how versions go on, however long the service is away', async () => {
    const { news, bff, service } = await read();
    const user = createUser(systemClock);
    const id = randomUUID();
    const socket = await listen(bff, user);
    await socket.subscribe();
    const give = (available: string) => news.balance(user.userId, id, 'USDT', '', available);
    // What is told of before the restore above is dropped.
    news.restored();
    await news.send(news.made(user.userId, id), give('1'), give('2'), give('3'));
    await expect.poll(() => socket.told().at(-1)?.Version).toBe(3);
    await expect.poll(() => seenOf(id)).toBe(3);
    service.isAway = true;
    news.restored();
    const made = news.made(user.userId, id);
    // Never comes by itself, so the service has to be asked for it.
    give('10');
    await news.send(made, give('11'));
    await socket.next(({ Type }) => Type === 'resync');
    socket.clear();
    service.isAway = false;
    // As a client does: it reads where it is told to, and at no other time.
    let shown: unknown;
    const told: unknown[] = [];
    await expect
      .poll(async () => {
        if (!socket.types().includes('resync')) return shown;
        told.push(...socket.told());
        socket.clear();
        shown = await seenOf(id);
        return shown;
      })
      .toBe(5);
    expect([...told, ...socket.told()]).toEqual([]);
  });

  it('goes on telling of a portfolio that was archived, and ends where it is wanted no more', async () => {
    const { news, bff } = await read();
    const user = createUser(systemClock);
    const id = randomUUID();
    const socket = await listen(bff, user);
    await socket.subscribe();
    await news.send(news.made(user.userId, id), news.archived(user.userId, id));
    await news.send(news.balance(user.userId, id, 'USDT', '', '1'));
    await expect.poll(() => socket.told().length).toBe(1);
    socket.clear();
    socket.say({ type: 'unsubscribe', channels });
    expect(await socket.next(({ Type }) => Type === 'subscribed')).toEqual({ Type: 'subscribed', Channels: [] });
    const again = await listen(bff, user);
    await again.subscribe();
    await news.send(news.balance(user.userId, id, 'USDT', '', '2'));
    await expect.poll(() => again.told().length).toBe(1);
    expect(socket.told()).toEqual([]);
  });

  it('says that something was missed where it cannot be read here', async () => {
    const { bff, append } = await read();
    const user = createUser(systemClock);
    const socket = await listen(bff, user);
    await socket.subscribe();
    const portfolioId = randomUUID();
    const event = {
      ...{ id: randomUUID(), source: 'portfolio', schema: 1, epoch: 1, version: 1, userId: user.userId },
      ...{ type: 'balance.forgotten', stream: streams.balances(portfolioId), time: '2026-01-27T10:00:00.000Z' },
      data: { portfolioId },
    };
    await append({ key: portfolioId, value: JSON.stringify(event) });
    expect(await socket.next(({ Type }) => Type === 'resync')).toEqual({ Type: 'resync' });
  });
});
