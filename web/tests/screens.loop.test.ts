import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bitcoinAt, frameAt, type TestFrame } from './kit/frame.js';
import { browser, drawn, origin, pointAt, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const secondMs = 1_000;
const four = (price: string, simulated = false) =>
  frameAt(
    noon,
    {
      btcusdt: { price },
      ethusdt: { price: '3456.78' },
      solusdt: { price: '150' },
      dogeusdt: { quantity: '12000', price: '0.1025', total: '1230' },
    },
    '73000',
    simulated,
  );
const candles = {
  Range: '1h',
  StepSeconds: 60,
  Candles: [{ Time: '2026-06-15T11:59:00.000Z', Open: '1', High: '2', Low: '1', Close: '2' }],
  Today: null,
  Day: null,
  Volume: null,
};
const values = { Range: '24h', Points: [{ Time: '2026-06-15T11:59:00.000Z', Value: '1' }] };
const answers = { 'coins/btcusdt/candles': candles, 'profile/value': values, 'profile/coins': { Quantity: '12005' } };

interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}
const boxOf = (page: Page, selector: string) =>
  page.evaluate(
    `(() => { const { top, bottom, left, right } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return { top, bottom, left, right }; })()`,
  ) as Promise<Box>;

describe.skipIf(!browser)('the screen', () => {
  it('keeps its digits at full strength while prices move', async () => {
    await withWindow({ frame: bitcoinAt(noon, '100'), answers }, async ({ page, send }) => {
      await page.getByTestId('total').waitFor();
      // In every picture, because an animation may be over before anybody outside looks. What moves the opacity of
      // digits or of what holds them: neither the ground that flashes behind them, nor the place of a chart to come.
      await page.evaluate(`(() => {
        Object.assign(window, { faded: new Set(), flashed: false });
        const look = () => {
          for (const { effect } of document.getAnimations()) {
            const { pseudoElement, target } = effect;
            if (pseudoElement === '::after') window.flashed = true;
            const digits = pseudoElement === null && (target.closest('.digits') ?? target.querySelector('.digits'));
            if (digits && effect.getKeyframes().some(({ opacity }) => opacity < 0.9)) window.faded.add(target.className);
          }
          requestAnimationFrame(look);
        };
        look();
      })()`);
      await send(bitcoinAt(noon + secondMs, '101'));
      await send(bitcoinAt(noon + 2 * secondMs, '102'));
      await expect.poll(() => page.evaluate('window.flashed')).toBe(true);
      expect(await page.evaluate('[...window.faded]')).toEqual([]);
    });
  });

  it('says that prices are simulated wherever one is and however far one scrolls, and nothing of it where they are real', async () => {
    await withWindow(
      { frame: four('68000', true), answers, viewport: { width: 390, height: 600 } },
      async ({ page, send }) => {
        for (const path of ['/', '/assets/BTC', '/settings/profile', '/nowhere']) {
          await page.goto(origin + path);
          await page.getByText('Simulated', { exact: true }).waitFor();
          for (const part of [0, 0.5, 1]) {
            await page.evaluate(`scrollTo(0, document.documentElement.scrollHeight * ${part})`);
            await settled(async () => {
              const pill = await boxOf(page, '.pill');
              expect([path, part, pill.top >= 0 && pill.bottom <= 600 && pill.left >= 0 && pill.right <= 390]).toEqual([
                path,
                part,
                true,
              ]);
            });
          }
        }
        await send(four('68000'));
        await page.locator('.pill').waitFor({ state: 'detached' });
      },
    );
  });

  it('leads to the page that was asked for, after signing in as after making an account, and never to another site', async () => {
    const signIn = async (page: Page, button: string) => {
      await page.getByLabel('Name').fill('maria');
      await page.getByLabel('Password', { exact: true }).fill('correct horse');
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('button', { name: /^Account/ }).waitFor();
    };
    await withWindow(
      { signedIn: false, path: '/assets/BTC?from=mail', frame: bitcoinAt(noon, '100'), answers },
      async ({ page }) => {
        await signIn(page, 'Sign in');
        await page.getByRole('heading', { name: 'Bitcoin BTC' }).waitFor();
        expect(page.url()).toBe(`${origin}/assets/BTC?from=mail`);
      },
    );
    // The address of the gate itself, as it is sent to another device.
    await withWindow(
      { signedIn: false, path: '/sign-in?next=%2Fcoins%2Fbtcusdt', frame: bitcoinAt(noon, '100'), answers },
      async ({ page }) => {
        await page.getByRole('link', { name: 'Create account' }).click();
        await page.getByRole('heading', { name: 'Create account' }).waitFor();
        await signIn(page, 'Create account');
        await page.getByRole('heading', { name: 'Bitcoin BTC' }).waitFor();
      },
    );
    await withWindow(
      { signedIn: false, path: '/sign-in?next=%2F%5Cevil.test%2F', frame: bitcoinAt(noon, '100'), answers },
      async ({ page }) => {
        await signIn(page, 'Sign in');
        await page.getByTestId('total').waitFor();
        expect(page.url()).toBe(`${origin}/`);
      },
    );
  });

  it.each([
    ['America/New_York', 'en-US', '7:59:00 AM EDT', '7:59 AM', /^\d{1,2}:00 [AP]M$/],
    ['Asia/Kolkata', 'en-GB', '17:29:00 GMT+5:30', '17:29', /^\d\d:00$/],
    ['Europe/Berlin', 'de-DE', '13:59:00 MESZ', '13:59', /^\d\d:00$/],
  ])('has one zone, that of the computer, also on its axes: %s', async (timezoneId, locale, live, minute, hour) => {
    await withWindow(
      { timezoneId, locale, frame: bitcoinAt(noon, '100'), answers, path: '/settings/profile' },
      async ({ page }) => {
        await page.context().addInitScript(
          `window.drawn = []; const { fillText } = CanvasRenderingContext2D.prototype;
         CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) { window.drawn.push(String(text)); return fillText.call(this, text, ...rest); };`,
        );
        const onAxes = async () =>
          ((await page.evaluate('window.drawn')) as string[]).filter((text) => /\d:\d\d/.test(text));
        const everything = async () =>
          `${await page.locator('#page').innerText()} ${(await page.evaluate("[...document.querySelectorAll('[title]')].map(({ title }) => title).join(' ')")) as string}`;
        await page.goto(origin);
        await page.locator('.value-panel canvas').waitFor();
        const tells = (box: string, part: number, text: string) =>
          settled(async () => {
            await pointAt(page, box, part);
            await expect.poll(() => page.locator('.chart-legend').innerText()).toContain(text);
          });
        await tells('.value-panel .u-over', 0.997, live);
        await expect.poll(async () => (await onAxes()).length).toBeGreaterThan(2);
        expect((await onAxes()).filter((text) => !hour.test(text))).toEqual([]);
        expect(await everything()).not.toMatch(/UTC/);
        await page.goto(`${origin}/assets/BTC`);
        await page.locator('.coin-chart canvas').first().waitFor();
        await tells('.coin-chart .chart-box td:nth-child(2)', 58.5 / 60, minute);
        expect(await everything()).not.toMatch(/UTC/);
        const pattern = / [AP]M$/.test(minute) ? /^\d{1,2}:\d\d [AP]M$/ : /^\d\d:\d\d$/;
        expect((await onAxes()).filter((text) => !pattern.test(text) && !text.includes(minute))).toEqual([]);
      },
    );
  });

  it('has a header and a banner from the rail to the edge, on short pages too', async () => {
    await withWindow({ frame: four('68000', true), path: '/settings/profile', answers }, async ({ page }) => {
      for (const selector of ['header.top', '.banner.simulated']) {
        await page.locator(selector).waitFor();
        await expect.poll(() => boxOf(page, selector)).toMatchObject({ left: 216, right: 1_280 });
      }
    });
  });

  it('covers no row with what it says about it, and no dialog, and waits until that is closed', async () => {
    await withWindow({ frame: four('68000'), answers, viewport: { width: 1_280, height: 640 } }, async ({ page }) => {
      await page.locator('tr[data-symbol=dogeusdt]').waitFor();
      // The row lies where the toast comes up.
      await page.evaluate("document.querySelector('tr[data-symbol=dogeusdt]').scrollIntoView({ block: 'end' })");
      await page.getByRole('button', { name: 'Actions for Dogecoin' }).click();
      await page.getByRole('menuitem', { name: 'Add' }).click();
      await page.getByLabel(/^How much/).fill('5');
      await page.keyboard.press('Enter');
      await page.getByText('5 DOGE added').waitFor();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await settled(async () =>
        expect((await boxOf(page, 'tr[data-symbol=dogeusdt]')).bottom).toBeLessThan((await boxOf(page, '.toast')).top),
      );
      await page.getByRole('button', { name: 'Actions for Bitcoin' }).click();
      await page.getByRole('menuitem', { name: 'Add' }).click();
      await page.getByRole('dialog').waitFor();
      await settled(async () => {
        const { left, right, top, bottom } = await boxOf(page, '.toast');
        expect(
          await page.evaluate(
            `document.elementFromPoint(${(left + right) / 2}, ${(top + bottom) / 2}).closest('.toast') === null`,
          ),
        ).toBe(true);
      });
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Undo' }).click();
    });
  });

  it('shows in high contrast which range is chosen, what the colours of the legend are, and the whole heading', async () => {
    const even = frameAt(noon, { btcusdt: { price: '40' }, ethusdt: { price: '35' }, solusdt: { price: '25' } }, '100');
    await withWindow({ frame: even, answers, forcedColors: 'active' }, async ({ page }) => {
      await page.locator('.value-panel canvas').waitFor();
      const grounds = (selector: string) =>
        page.evaluate(
          `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => getComputedStyle(element).backgroundColor)`,
        ) as Promise<string[]>;
      await settled(async () => {
        const [chosen, others] = [
          await grounds('.ranges [aria-pressed=true]'),
          await grounds('.ranges [aria-pressed=false]'),
        ];
        expect([chosen.length, others.includes(chosen[0] ?? '')]).toEqual([1, false]);
      });
      // A plate behind its text, in the text's own colour, would hide it.
      expect(
        await page
          .locator('.holdings .button.primary')
          .evaluate((button) => button.ownerDocument.defaultView?.getComputedStyle(button).forcedColorAdjust),
      ).toBe('none');
      const swatches = await grounds('.swatch');
      expect([swatches.length, new Set(swatches).size]).toEqual([3, 3]);
      await settled(async () =>
        expect((await boxOf(page, '.total-value .digits')).top).toBeGreaterThanOrEqual(
          (await boxOf(page, '#total-title')).bottom,
        ),
      );
      await page.getByRole('button', { name: 'Add asset' }).click();
      const active = page.locator('.found-item[data-active-item]');
      await active.waitFor();
      await expect
        .poll(() => active.evaluate((item) => item.ownerDocument.defaultView?.getComputedStyle(item).outlineStyle))
        .toBe('solid');
      await page.goto(`${origin}/assets/BTC`);
      await page.locator('.coin-chart canvas').first().waitFor();
    });
  });

  it.each(['en-US', 'de-DE'])(
    'shows every digit of the largest amounts on the smallest phone, and never scrolls sideways, %s',
    async (locale) => {
      const frame = frameAt(
        noon,
        {
          btcusdt: {
            quantity: '98765432109876543210.123456789012345678',
            price: '68007.51428564',
            total: '6716791535139836578499211.73184681634208291091146392',
          },
          bnbusdt: {
            quantity: '98765432109876543210.123456789012345678',
            price: '625.81',
            total: '61808395068681839506327.36049313181604874918',
          },
          dogeusdt: { quantity: '999999999999', price: '0.10250001', total: '102500009999.89749999' },
          ethusdt: {
            quantity: '99999999999999999999.999999999999999999',
            price: '3456.78000001',
            total: '345678000000999999999999.99999999999999654321999999',
          },
        },
        '7124277930209620918015538.98983993815812820331146391',
      );
      // The pair that its price is converted with is halted, which is the longest of the words about a price.
      const assets = { BaseAsset: 'DOGE', QuoteAsset: 'TUSD' };
      const halted: TestFrame = {
        ...frame,
        Coins: frame.Coins.map((coin) =>
          coin.Symbol === 'dogeusdt'
            ? { ...coin, Symbol: 'dogetusd', Stale: true, PriceState: 'halted', PriceStateOf: 'tusdusdt', ...assets }
            : coin,
        ),
      };
      // So that there is a change of the day, of every coin and of all.
      const opens = frame.Coins.map(({ Symbol: symbol }) => ({ Symbol: symbol, Price: '0.000000000000000001' }));
      const given = { ...answers, 'profile/day': { Since: '', Opens: [], DayAgo: opens } };
      await withWindow(
        { locale, frame: halted, answers: given, userName: 'm'.repeat(64), viewport: { width: 360, height: 800 } },
        async ({ page }) => {
          const lookAt = async (what: string) => {
            for (const width of [390, 360, 320, 256]) {
              await page.setViewportSize({ width, height: 800 });
              // Every line of every figure lies inside of the screen and of what cuts it off.
              const findCut = `[...document.querySelectorAll('.digits, .hint, .change > span, .coin-name, .legend-name, .tag')].filter((element) => {
            if (element.matches('.coin-name, .legend-name, .tag') && element.scrollWidth > element.clientWidth) return true;
            const rows = [...element.getClientRects()];
            for (let box = element; box; box = box.parentElement) {
              if (box !== element && getComputedStyle(box).overflowX === 'visible') continue;
              const { left, right } = box.getBoundingClientRect();
              if (rows.some((row) => row.left < left - 1 || row.right > right + 1)) return true;
            }
            return rows.some((row) => row.left < 0 || row.right > innerWidth);
          }).map((element) => element.textContent)`;
              await settled(async () => {
                await drawn(page);
                const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
                expect({ what, width, wide, cut: await page.evaluate(findCut) }).toEqual({
                  what,
                  width,
                  wide: false,
                  cut: [],
                });
              });
            }
          };
          await page.locator('.changes dd').waitFor();
          await lookAt('portfolio');
          const quantity = page.locator('.dialog input');
          // A row that is laid out for another width meanwhile is another one, which no press has reached.
          await settled(async () => {
            const add = page.getByRole('menuitem').first();
            if ((await quantity.count()) === 0 && (await add.count()) === 0)
              await page.locator('tr[data-symbol=ethusdt] .icon-button').click({ timeout: 1_000 });
            if ((await quantity.count()) === 0) await add.click({ timeout: 1_000 });
            await expect.poll(() => quantity.count()).toBe(1);
          });
          await quantity.fill('99999999999999999998');
          await lookAt('dialog');
          await page.keyboard.press('Escape');
          for (const path of ['/assets/BTC', '/settings/profile']) {
            await page.goto(origin + path);
            await page.locator('h1').waitFor();
            await lookAt(path);
          }
        },
      );
    },
  );

  it('has figures of now in rows out of sight with every push, for who searches the page or prints it', async () => {
    const held = (price: string) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`c${at}usdt`, { price }]));
    await withWindow({ frame: frameAt(noon, held('100.25'), '6015'), expected: /503/ }, async ({ page, send }) => {
      const rows = page.locator('.coins tbody tr');
      const old = async (price: string) => (await rows.allTextContents()).filter((row) => !row.includes(price)).length;
      /** Counts the old rows whenever some were drawn: nobody outside looks in time. */
      const watch = (price: string) =>
        page.evaluate(`(() => {
          const old = () => [...document.querySelectorAll('.coins tbody tr')].filter((row) => !row.textContent.includes('${price}')).length;
          window.counts = [];
          const watching = new MutationObserver(() => window.counts.push(old()));
          watching.observe(document.querySelector('.coins'), { subtree: true, childList: true, characterData: true });
        })()`);
      await page.getByRole('button', { name: 'Show all 60' }).click();
      await rows.nth(59).waitFor({ state: 'attached' });
      await expect.poll(() => old('100.25')).toBe(0);
      await watch('101.25');
      await send(frameAt(noon + 1_000, held('101.25'), '6075'));
      await expect.poll(() => page.evaluate('window.counts.length')).toBeGreaterThan(0);
      expect(await page.evaluate('Math.max(...window.counts)')).toBe(0);
      expect(await old('101.25')).toBe(0);
    });
  });
});
