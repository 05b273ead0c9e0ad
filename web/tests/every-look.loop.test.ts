import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import { describe, expect, it } from 'vitest';
import { orderOf } from '../page/orders/kit/order.js';
import { faintLines } from './kit/contrast.js';
import { frameAt } from './kit/frame.js';
import { browser, origin, withWindow } from './kit/window.js';

// Every address in every look: both themes, both languages, from the narrowest phone to a wide screen.

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const iso = new Date(noon).toISOString();
const assets = ['btc', 'eth', 'sol', 'doge', 'bnb', 'xrp', 'ada', 'link', 'avax', 'dot', 'ltc', 'atom'];
const twelve = frameAt(
  noon,
  Object.fromEntries(assets.map((asset, at) => [`${asset}usdt`, { price: `${1_000 - at}.25` }])),
  '11937',
  true,
);
const points = [30, 20, 10].map((ago, at) => ({
  Time: new Date(noon - ago * 60_000).toISOString(),
  Value: `${at + 1}`,
}));
const deletion = {
  ...{ state: 'running', deletedAt: iso, until: iso },
  services: [
    { service: 'auth', doneAt: iso },
    { service: 'portfolio', doneAt: null },
  ],
};
const shared = {
  ...{ name: 'Long term', kind: 'paper', isDefault: false, simulated: false, amounts: true, expiresAt: iso },
  ...{ percents: '100', value: '90000' },
  positions: [
    { asset: 'BTC', share: '100', stale: true, quantity: '1.500000000000000001', value: '90000.000000000000000001' },
    { asset: 'XYZ', share: null, stale: true, quantity: '1', value: null },
  ],
};
const open = orderOf('o-1', { status: 'PARTIALLY_FILLED', filledQuantity: '0.123456789', stopPrice: '67000' });
const ended = orderOf('o-2', {
  ...{ status: 'FILLED', side: 'SELL', type: 'MARKET', price: null },
  reason: 'protection',
});
const answers = {
  orders: (search: string) => ({ orders: [search.includes('open') ? open : ended], next: null }),
  'profile/value': { Range: '24h', StepSeconds: 300, Points: points },
  'coins/btcusdt/candles': { Range: '1h', StepSeconds: 60, Candles: [], Today: null, Day: null, Volume: null },
  'deletions/a.b': deletion,
  'shares/1a2b': shared,
  'portfolios/p-paper/shares': { shares: [{ id: 's', amounts: true, createdAt: iso, expiresAt: iso }], next: null },
};
const pages = [
  ...['/', '/portfolios/default', '/markets', '/assets/BTC', '/assets/BTC?tab=markets', '/assets/NOTHING'],
  ...['/portfolios', '/portfolios/p-paper', '/portfolios/p-paper/settings', '/portfolios/default/settings'],
  ...['/trade/btcusdt', '/trade/nowhere'],
  ...['/settings/profile', '/settings/security', '/settings/display', '/deletions/a.b', '/s/1a2b', '/nowhere'],
];
const gates = ['/welcome', '/sign-in', '/sign-up', '/recover', '/deletions/a.b', '/s/1a2b'];
const widths = [1_920, 1_280, 800, 390, 320];
/** At which axe-core looks too: the others have the same elements. */
const inspected = [1_280, 390];

const looks = (['light', 'dark'] as const).flatMap((theme) =>
  ['en-US', 'de-DE'].flatMap((locale) => [true, false].map((signedIn) => ({ theme, locale, signedIn }))),
);

describe.skipIf(!browser)('every page', () => {
  it.each(looks)(
    'is without a fault that axe-core finds, has lines that stand out, and scrolls nowhere sideways: $theme, $locale, signed in: $signedIn',
    { timeout: 300_000 },
    async ({ theme, locale, signedIn }) => {
      const options = { signedIn, locale, colorScheme: theme, frame: twelve, answers, expected: /40[14]|503/ };
      await withWindow(options, async ({ page }) => {
        for (const path of signedIn ? pages : gates) {
          await page.goto(origin + path);
          await page.locator('h1').first().waitFor({ state: 'attached' });
          for (const width of widths) {
            await page.setViewportSize({ width, height: 844 });
            await settled(async () => {
              const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
              const faults = inspected.includes(width) ? await accessibilityFaults(page) : [];
              expect({ path, width, wide, faint: await faintLines(page), faults }).toEqual({
                ...{ path, width, wide: false, faint: [], faults: [] },
              });
            });
          }
        }
      });
    },
  );
});
