import type { MadeShareAnswer, ShareAnswer, SharedAnswer } from '@tickfolio/api/shares';
import type { Request } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { button, ofNoon as frame, second } from './kit/portfolio-pages.js';
import { createPortfolioServer } from './kit/portfolios.js';
import { Refused } from './kit/refused.js';
import { browser, origin, tokenOf, withWindow } from './kit/window.js';

const [createdAt, expiresAt] = ['2026-06-15T12:00:00.000Z', '2027-06-15T12:00:00.000Z'];
const token = '3f1c9a524d0e4f0b8a570c2f3b1d9e843f1c9a52';

/** A server that keeps links to the second portfolio, and what was asked of it. */
const createLinkServer = () => {
  const kept = new Map<string, ShareAnswer>();
  const asked: unknown[] = [];
  const state = { isFull: false };
  const list = (_search: string, _method: string, request: Request): unknown => {
    if (request.method() === 'GET') return { shares: [...kept.values()].reverse(), next: null };
    if (state.isFull) return new Refused(409, 'limit-reached');
    const body = request.postDataJSON() as { readonly amounts: boolean };
    asked.push(body);
    const share = { id: `s-${kept.size}`, amounts: body.amounts, createdAt, expiresAt };
    kept.set(share.id, share);
    return { ...share, token } satisfies MadeShareAnswer;
  };
  const one = (id: string) => () => {
    const share = kept.get(id);
    kept.delete(id);
    return share ?? new Refused(404, 'not-found');
  };
  const { answers } = createPortfolioServer([second]);
  const path = 'portfolios/p-second/shares';
  return {
    answers: { ...answers, [path]: list, [`${path}/s-0`]: one('s-0'), [`${path}/s-1`]: one('s-1') },
    asked,
    state,
  };
};

const shared: SharedAnswer = {
  ...{ name: 'Long term', kind: 'tracking', isDefault: false, simulated: false, amounts: false, expiresAt },
  percents: '99.99',
  positions: [
    { asset: 'BTC', share: '66.66', stale: false },
    { asset: 'ETH', share: '33.33', stale: true },
    { asset: 'DUST', share: '0', stale: false },
    { asset: 'XYZ', share: null, stale: true },
  ],
};

describe.skipIf(!browser)('amounts as long as they may be', () => {
  const long = '123456789012345678901234567890.123456789012345678';
  const amounts = { share: '100', stale: false, quantity: long, value: long };
  const answers = {
    'shares/long': { ...shared, amounts: true, value: long, positions: [{ asset: 'BTC', ...amounts }] },
  };
  it.each([320, 390])('stay on a shared page of %d px, each in lines of its own', async (width) => {
    const viewport = { width, height: 844 };
    await withWindow({ signedIn: false, answers, path: '/s/long', viewport }, async ({ page }) => {
      const [quantity, value] = [0, 1].map((at) => page.locator('.entry-amounts > *').nth(at));
      await value?.waitFor();
      const [above, below] = [await quantity?.boundingBox(), await value?.boundingBox()];
      expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThanOrEqual((below?.y ?? 0) + 1);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    });
  });
});

describe.skipIf(!browser)('a portfolio that is shared', () => {
  it('has links that are made, shown once, listed and ended in its settings', async () => {
    const { answers, asked, state } = createLinkServer();
    const path = '/portfolios/p-second/settings';
    await withWindow({ frame, answers, path, expected: /409/ }, async ({ page }) => {
      await page.getByText('There is no link yet.').waitFor();
      await button(page, 'Make a link').click();
      await page.getByText('It is shown this once').waitFor();
      expect(await page.getByLabel('Link', { exact: true }).inputValue()).toBe(`${origin}/s/${token}`);
      await page.getByLabel('What it shows').selectOption('amounts');
      await page.getByText('Everybody with the link sees how much you have.').waitFor();
      await page.getByLabel('Ends after').selectOption('7');
      await button(page, 'Make a link').click();
      const rows = page.getByRole('list', { name: 'Links to this portfolio' }).getByRole('listitem');
      await expect.poll(() => rows.count()).toBe(2);
      expect(asked).toMatchObject([{ amounts: false }, { amounts: true, expiresAt: expect.any(String) }]);
      await rows.filter({ hasText: 'Percents only' }).getByRole('button').click();
      await page.getByText('The link leads nowhere any more.').waitFor();
      expect(await page.getByLabel('Link', { exact: true }).count()).toBe(1); // Of the other one, which is as good as it was.
      await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('Percents and amounts')]);
      state.isFull = true;
      await button(page, 'Make a link').click();
      await page.getByText('There are as many links as there may be.').waitFor();
      expect(await page.getByLabel('Link', { exact: true }).count()).toBe(0);
    });
  });

  it('offer a link that was just made no longer once it is ended', async () => {
    const { answers } = createLinkServer();
    await withWindow({ frame, answers, path: '/portfolios/p-second/settings' }, async ({ page }) => {
      await button(page, 'Make a link').click();
      await page.getByText('It is shown this once').waitFor();
      await page.getByRole('list', { name: 'Links to this portfolio' }).getByRole('button').click();
      await page.getByText('There is no link yet.').waitFor();
      expect(await page.getByLabel('Link', { exact: true }).count()).toBe(0);
      expect(await page.getByText('It is shown this once').count()).toBe(0);
    });
  });

  it('shows a stranger percents and nothing else, asks for nothing of an account, and keeps no cookie', async () => {
    const calls: string[] = [];
    const answers = { [`shares/${token}`]: shared };
    await withWindow({ signedIn: false, path: `/welcome`, answers }, async ({ page }) => {
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/api/')) calls.push(pathname);
      });
      await page.goto(`${origin}/s/${token}`);
      await page.getByRole('heading', { name: 'Long term' }).waitFor();
      const rows = page.getByRole('list', { name: 'What it is made of' }).getByRole('listitem');
      const texts = (await rows.allInnerTexts()).map((text) => text.split(/\s*\n\s*/).filter(Boolean));
      expect(texts).toEqual([
        ['BTC', '66.66 %'],
        ['ETH', 'old price', '33.33 %'],
        ['DUST', '<0.01 %'],
        ['XYZ', 'no price'],
      ]);
      await page.getByText('together 99.99 %').waitFor();
      await page.getByText(/^This link works until Jun 15, 2027/).waitFor();
      expect(await page.getByText(/^Simulated prices/).count()).toBe(0);
      expect(await page.getByText('USDT').count()).toBe(0);
      expect(await page.getByRole('navigation').count()).toBe(0);
      expect(calls).toEqual([`/api/v1/shares/${token}`]);
      expect(await page.context().cookies()).toEqual([]);
    });
  });

  it('is shown to who turns out to be signed in while it is read', async () => {
    let [times, asked, answer] = [0, () => {}, () => {}];
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const isAnswered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const refresh = async () => {
      await isAsked;
      return { accessToken: tokenOf(0) };
    };
    const held = async () => {
      times += 1;
      asked();
      await isAnswered;
      return shared;
    };
    const answers = { 'auth/refresh': refresh, [`shares/${token}`]: held };
    await withWindow({ frame, path: `/s/${token}`, answers }, async ({ page }) => {
      await page.getByRole('button', { name: /^Account/ }).waitFor();
      answer();
      await page.getByRole('heading', { name: 'Long term' }).waitFor({ timeout: 20_000 }); // Long before it is asked for again.
      expect(times).toBe(1);
    });
  });

  it('shows amounts where they are allowed, and that prices are made up, in German too', async () => {
    const positions = [{ asset: 'BTC', share: '100', stale: false, quantity: '1.5', value: '90000' }];
    const made = { simulated: true, amounts: true, value: '90000', percents: '100', positions };
    const answers = { [`shares/${token}`]: { ...shared, ...made } };
    await withWindow(
      { signedIn: false, path: `/s/${token}`, answers, locale: 'de-DE', viewport: { width: 390, height: 844 } },
      async ({ page }) => {
        await page.getByText(/^Simulierte Kurse/).waitFor();
        const row = page.getByRole('list', { name: 'Woraus es besteht' }).getByRole('listitem');
        await row.getByText('1,5').waitFor();
        await row.getByText('90.000,00 USDT').waitFor();
        await page.getByText(/^Dieser Link gilt bis/).waitFor();
      },
    );
  });

  it('says that nothing is in it, and that a link leads nowhere any more, also while one looks', async () => {
    const answers = { [`shares/${token}`]: { ...shared, percents: '0', positions: [] } };
    const options = { signedIn: false, path: `/s/${token}`, answers, expected: /404/ };
    await withWindow(options, async ({ page, answer }) => {
      await page.getByText('Nothing is in it.').waitFor();
      answer({ [`shares/${token}`]: new Refused(404, 'not-found') });
      await page.reload();
      await page.getByRole('heading', { name: 'This link leads nowhere' }).waitFor();
      expect(await page.getByText('Nothing is in it.').count()).toBe(0);
    });
  });
});
