import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { orderOf } from '../page/orders/kit/order.js';
import { createOrderServer } from './kit/orders.js';
import { button, ofNoon as frame } from './kit/portfolio-pages.js';
import { balancesOf, paper, portfolioOf } from './kit/portfolios.js';
import { Refused } from './kit/refused.js';
import { browser, origin, withWindow } from './kit/window.js';

const path = '/trade/btcusdt';
/** Of a frame that is asked for where the first one takes long on a busy machine, which nobody answers here. */
const expected = /status of|503/;
const ticket = (page: Page) => page.getByRole('region', { name: 'Order ticket' });
const openOrders = (page: Page) => page.getByRole('table', { name: 'Open orders' });
const endedOrders = (page: Page) => page.getByRole('table', { name: 'Ended orders' });
const wordsOf = async (page: Page, selector: string) =>
  (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ');
const funds = (available: string, btc = '0') =>
  balancesOf(paper, [
    { asset: 'USDT', available },
    ...(btc === '0' ? [] : [{ asset: 'BTC', via: 'btcusdt', available: btc }]),
  ]);

describe.skipIf(!browser)('the ticket', () => {
  it('says what an order would do, asks once, and places it by the keyboard alone, in a frame that says paper money', async () => {
    const server = createOrderServer([]);
    await withWindow({ frame, answers: server.answers, path, expected }, async ({ page }) => {
      await ticket(page).getByText('Paper money', { exact: true }).waitFor();
      await ticket(page).getByLabel('Limit price').fill('68,000');
      await ticket(page).getByLabel('How much').fill('0.05');
      await ticket(page).getByText('3,400 USDT').first().waitFor();
      await expect
        .poll(() => wordsOf(page, '.ticket-preview'))
        .toBe(
          'Reserved 3,400 USDT Stays available 6,600 USDT You get, before the fee 0.05 BTC Fee, at most 0.00005 BTC',
        );
      await page.keyboard.press('Enter');
      await page.getByText('Buy 0.05 BTC at 68,000 USDT: place this order?').waitFor();
      await page.keyboard.press('Escape');
      expect(server.placed).toEqual([]);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Place order');
      await page.keyboard.press('Enter');
      await page.getByText('Buy 0.05 BTC at 68,000 USDT: placed').waitFor();
      expect(server.placed).toEqual([
        {
          ...{ portfolioId: 'p-paper', symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' },
          ...{ quantity: '0.05', price: '68000', clientOrderId: expect.stringMatching(/^[0-9a-f]{32}$/) },
        },
      ]);
      await openOrders(page).getByText('0 of 0.05 BTC').waitFor();
      // The next one begins with how much.
      await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('amount');
      expect(await ticket(page).getByLabel('How much').inputValue()).toBe('');
    });
  });

  it('sends an order whose answer was lost again under its name, and another under another', async () => {
    let isLost = true;
    const server = createOrderServer([], (_, isTest) =>
      isLost && !isTest ? new Refused(504, 'deadline-exceeded') : undefined,
    );
    await withWindow({ frame, answers: server.answers, path, expected }, async ({ page }) => {
      await ticket(page).getByLabel('Type').selectOption('MARKET');
      const place = async () => {
        await ticket(page)
          .getByRole('button', { name: /^Buy 0.1 BTC/ })
          .click();
        await button(page, 'Place order').click();
      };
      await ticket(page).getByLabel('How much').fill('0.1');
      await place();
      await ticket(page).getByText('it is the same order').waitFor();
      isLost = false;
      await button(page, 'Place order').click();
      await page.getByText('Buy 0.1 BTC at the market: placed').waitFor();
      await ticket(page).getByLabel('How much').fill('0.1');
      await place();
      await expect.poll(() => server.placed.length).toBe(3);
      const [lost, again, another] = server.placed.map(({ clientOrderId }) => clientOrderId);
      expect([again === lost, another === lost]).toEqual([true, false]);
    });
  });

  it('takes the nearest value that is allowed by a press, and says what else is wrong in words', async () => {
    const server = createOrderServer([], ({ quantity }) =>
      quantity === '0.123456' ? new Refused(422, 'lot-size', 'quantity', {}, { nearest: '0.12346' }) : undefined,
    );
    await withWindow({ frame, answers: server.answers, path, expected }, async ({ page }) => {
      await ticket(page).getByRole('button', { name: 'Buy', exact: true }).last().click();
      await ticket(page).getByText('Enter a quantity, for example 0.5.').first().waitFor();
      await ticket(page).getByLabel('Type').selectOption('MARKET');
      await ticket(page).getByLabel('How much').fill('0.123456');
      await ticket(page).getByText('The market does not take this quantity').waitFor();
      await button(page, 'Use 0.12346').click();
      await expect.poll(() => ticket(page).getByLabel('How much').inputValue()).toBe('0.12346');
      await ticket(page).getByText('3,400 USDT').waitFor();
    });
  });

  it('offers an allowed price right below the price that was typed, and says that there is nothing to preview', async () => {
    const server = createOrderServer([], ({ price }) =>
      price === '90.001' ? new Refused(422, 'price-filter', 'price', {}, { nearest: '90' }) : undefined,
    );
    await withWindow({ frame, answers: server.answers, path, expected }, async ({ page }) => {
      const [price, amount] = [ticket(page).getByLabel('Limit price'), ticket(page).getByLabel('How much')];
      await price.fill('90.001');
      await amount.fill('0.5');
      await ticket(page).getByText('As it stands, the order would not be taken.').waitFor();
      const tops = [price, button(page, 'Use 90'), amount].map(async (one) => (await one.boundingBox())?.y ?? 0);
      const [above = 0, offered = 0, below = 0] = await Promise.all(tops);
      expect([above < offered, offered < below]).toEqual([true, true]);
      await button(page, 'Use 90').click();
      await expect.poll(() => price.inputValue()).toBe('90');
      await button(page, 'Use 90').waitFor({ state: 'detached' });
    });
  });

  it('takes parts of what is available: money where one buys, whole steps of the asset where one sells', async () => {
    const server = createOrderServer([]);
    const answers = { ...server.answers, 'portfolios/p-paper/balances': funds('1000', '0.1234567') };
    await withWindow({ frame, answers, path, expected }, async ({ page }) => {
      const amount = ticket(page).getByLabel('How much');
      await ticket(page).getByText('1,000 USDT').waitFor();
      await button(page, 'Last price').click();
      expect(await ticket(page).getByLabel('Limit price').inputValue()).toBe('100');
      await button(page, '50 %').click();
      expect(await amount.inputValue()).toBe('500');
      await ticket(page).getByText('= 5 BTC').waitFor();
      await button(page, 'Sell').click();
      await ticket(page).getByText('0.1234567 BTC').waitFor();
      await button(page, '100 %').click();
      expect(await amount.inputValue()).toBe('0.12345');
      await ticket(page).getByText('= 12.345 USDT').waitFor();
    });
  });

  it('leads who has no money to it, and who has nothing to sell to buying', async () => {
    const answers = { ...createOrderServer([]).answers, 'portfolios/p-paper/balances': funds('0') };
    await withWindow({ frame, answers, path, expected }, async ({ page }) => {
      await ticket(page).getByText('There is no USDT in this portfolio to pay with.').waitFor();
      await button(page, 'Add paper money').click();
      await page.getByRole('dialog', { name: 'Add paper money to Paper' }).waitFor();
      await page.keyboard.press('Escape');
      await button(page, 'Sell').click();
      await ticket(page).getByText('There is no BTC in this portfolio to sell.').waitFor();
      await button(page, 'Buy BTC').click();
      await ticket(page).getByText('There is no USDT in this portfolio to pay with.').waitFor();
    });
  });

  it('says where there is no portfolio that orders could be for, and how to make one', async () => {
    const none = { portfolios: { portfolios: [portfolioOf('p-other', { simulated: true })], next: null } };
    await withWindow({ frame, answers: none, path, expected }, async ({ page }) => {
      await ticket(page).getByText('you have none').waitFor();
      await ticket(page).getByRole('button', { name: 'New portfolio' }).click();
      await page.getByRole('dialog', { name: 'New portfolio' }).waitFor();
    });
  });
});

describe.skipIf(!browser)('orders', () => {
  it('are shown as it is told what becomes of them, with what is available then', async () => {
    const server = createOrderServer([orderOf('o-1'), orderOf('o-2', { side: 'SELL', portfolioId: 'p-other' })]);
    await withWindow({ frame, answers: server.answers, path, expected }, async ({ page, tell, answer, sent }) => {
      await expect.poll(() => openOrders(page).locator('tbody tr').count()).toBe(1);
      await expect.poll(() => sent.filter((one) => /subscribe.*(orders|balances)/.test(one)).length).toBeGreaterThan(0);
      const some = server.change('o-1', { status: 'PARTIALLY_FILLED', filledQuantity: '0.2', filledQuote: '13600' });
      await tell(server.told(some));
      await openOrders(page).getByText('0.2 of 0.5 BTC').waitFor();
      await openOrders(page).getByText('partly filled').waitFor();
      answer({ 'portfolios/p-paper/balances': funds('1234', '0.5') });
      const all = { status: 'FILLED', filledQuantity: '0.5', filledQuote: '34000', averagePrice: '67999.8' } as const;
      await tell(server.told(server.change('o-1', all)));
      await tell({
        ...{ Type: 'balance', PortfolioID: 'p-paper', Version: 9, Asset: 'USDT', Via: '', Available: '1234' },
        ...{ Reserved: '0', Reason: 'fill', Ref: 'order:o-1' },
      });
      await endedOrders(page).getByText('67,999.8').waitFor();
      await page.getByText('No order is open.').waitFor();
      await ticket(page).getByText('1,234 USDT').waitFor();
      // What was told before, and comes late, changes nothing.
      await tell(server.told(some));
      await page.getByText('No order is open.').waitFor();
    });
  });

  it('are ended one by one or all together, once that is confirmed, in the whole width of a phone too', async () => {
    const orders = [1, 2, 3].map((n) => orderOf(`o-${n}`, { price: `6800${n}` }));
    const server = createOrderServer(orders);
    const viewport = { width: 390, height: 844 };
    await withWindow({ frame, answers: server.answers, path, viewport, expected }, async ({ page }) => {
      await button(page, 'Cancel: Buy 0.5 BTC at 68,002 USDT').click();
      await page.getByText('Buy 0.5 BTC at 68,002 USDT: cancelled').waitFor();
      await expect.poll(() => openOrders(page).locator('tbody tr').count()).toBe(2);
      await endedOrders(page).getByText('by you').waitFor();
      await button(page, 'Cancel all').click();
      await page.getByRole('alertdialog', { name: 'Cancel all 2 open orders?' }).waitFor();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel all' }).click();
      await page.getByText('2 orders cancelled').waitFor();
      await page.getByText('No order is open.').waitFor();
      await settled(async () =>
        expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false),
      );
    });
  });

  it('show by which public trades they were filled, added up again here, and where those are looked up', async () => {
    const tradedAt = '2026-06-15T11:30:00.000Z';
    const filled = {
      status: 'FILLED',
      filledQuantity: '0.5',
      filledQuote: '33999.9',
      averagePrice: '67999.8',
    } as const;
    const server = createOrderServer([orderOf('o-1', filled)]);
    const fill = { tradeId: 3735683401, price: '67999.8', quantity: '0.5' };
    const answers = {
      ...server.answers,
      'orders/o-1/fills': {
        fills: [{ ...fill, id: 'f-1', quote: '33999.9', fee: '0.0005', feeAsset: 'BTC', maker: true, tradedAt }],
        next: null,
      },
      'orders/o-1/proof': {
        ...{ model: 'tape', rules: { touch: 'never' }, acceptedAfterTrade: 3735683300, endedAfterTrade: 3735683401 },
        fills: [
          { ...fill, tradePrice: '67999.5', tradeQuantity: '0.75', takenBefore: '0', buyerIsMaker: true, tradedAt },
        ],
        verify: 'GET /api/v3/aggTrades?symbol=BTCUSDT&fromId=3735683401',
      },
    };
    await withWindow({ frame, answers, path, expected }, async ({ page, answer }) => {
      const open = () =>
        endedOrders(page)
          .getByRole('button', { name: /^By which trades: Buy 0.5 BTC/ })
          .click();
      await open();
      const dialog = page.getByRole('dialog', { name: /^Receipt Buy 0.5 BTC/ });
      await dialog.getByText('Computed by the server and again here: equal.').waitFor();
      await dialog.getByText('BTC/USDT: trade 3735683401').waitFor();
      await dialog.getByText('GET /api/v3/aggTrades?symbol=BTCUSDT&fromId=3735683401').waitFor();
      await expect.poll(() => dialog.innerText()).toMatch(/a seller took/);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      answer({ 'orders/o-1/fills': { ...answers['orders/o-1/fills'], fills: [] } });
      await open();
      await dialog.getByText('Nothing of it was filled.').waitFor();
    });
  });

  it('say when they cannot be reached, and come back by themselves', async () => {
    const server = createOrderServer([orderOf('o-1')]);
    const away = { ...server.answers, orders: undefined };
    await withWindow({ frame, answers: away, path, expected }, async ({ page, answer }) => {
      await page.getByText('Orders cannot be reached at the moment.').first().waitFor();
      answer(server.answers);
      await openOrders(page).getByText('0 of 0.5 BTC').waitFor();
    });
  });

  it('hide their amounts in discreet mode, also in what is said of them', async () => {
    const server = createOrderServer([orderOf('o-1', { quantity: '0.7' })]);
    await withWindow({ frame, answers: server.answers, path, expected }, async ({ page }) => {
      await openOrders(page).waitFor();
      await page.keyboard.press('.');
      const leaks = () => page.evaluate(`document.body.innerText.match(/0\\.7|10,000/g) ?? []`);
      await settled(async () => expect(await leaks()).toEqual([]));
      await page.locator('.order-table .icon-button').first().click();
      await page.getByText('Buy ••• at 68,000 USDT: cancelled').waitFor();
      await settled(async () => expect(await leaks()).toEqual([]));
    });
  });
});

describe.skipIf(!browser)('the place of trading', () => {
  it('is reached from the navigation and by keys, and its market from an order; an unknown one says so', async () => {
    const server = createOrderServer([orderOf('o-1', { symbol: 'ethusdt' })]);
    await withWindow({ frame, answers: server.answers, expected }, async ({ page }) => {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Trade' }).click();
      await page.waitForURL(origin + path);
      await openOrders(page).getByRole('link', { name: 'ETH/USDT' }).click();
      await page.waitForURL(`${origin}/trade/ethusdt`);
      await page.getByRole('heading', { name: 'ETH/USDT' }).waitFor();
      await page.goto(`${origin}/trade`);
      await page.waitForURL(origin + path);
      await page.goto(`${origin}/trade/nonesuch`);
      await page.getByText('The exchange does not list NONESUCH.').waitFor();
    });
  });
});
