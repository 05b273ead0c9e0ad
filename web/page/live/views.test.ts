import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createPortfolioStore } from './portfolio-store.js';
import { createPriceTrails } from './price-trails.js';
import { createViews } from './views.js';

const rig = () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const views = createViews({
    clock,
    createStore: () => createPortfolioStore({ clock, schedule: (run) => run(), trails: createPriceTrails() }),
    ask: (portfolioId) => void asked.push(portfolioId),
  });
  const frameOf = (portfolioId: string, version: number) => ({
    ...{ UserID: 'u', UserName: 'maria', PortfolioID: portfolioId, Version: version, TotalValue: `${version}` },
    ...{ Coins: [], AsOf: '2026-01-27T10:00:01.000Z' },
  });
  const shown = () => [views.current?.store.state.connection, views.current?.store.state.view?.total.text];
  return { clock, asked, views, frameOf, shown };
};

describe('the portfolio that a page shows live', () => {
  it('is asked for when the page opens, is live with its first frame, and is given up with the page', () => {
    const { asked, views, frameOf, shown } = rig();
    views.setConnection('live');
    const close = views.open('p');
    expect(shown()).toEqual(['connecting', undefined]);
    views.takeFrame(frameOf('of before', 7));
    expect(shown()).toEqual(['connecting', undefined]);
    views.takeFrame(frameOf('p', 1));
    expect(shown()).toEqual(['live', '1.00']);
    close();
    close();
    expect([views.current, asked]).toEqual([undefined, ['p', 'default']]);
  });

  it('keeps its last frame while the connection is away, and is live again with the next one of its own', () => {
    const { clock, views, frameOf, shown } = rig();
    views.setConnection('live');
    views.open('p');
    views.takeFrame(frameOf('p', 2));
    views.setConnection('reconnecting');
    expect(shown()).toEqual(['reconnecting', '2.00']);
    views.setConnection('live');
    expect(shown()).toEqual(['reconnecting', '2.00']);
    views.takeFrame(frameOf('p', 1)); // A replica that has not heard of all changes yet.
    expect(shown()).toEqual(['live', '2.00']);
    views.takeFrame(frameOf('p', 3));
    expect(shown()).toEqual(['live', '3.00']);
    views.setConnection('refused');
    clock.advance(600_000);
    expect(shown()).toEqual(['refused', '3.00']);
  });

  it('is read where the server refuses it or says nothing, and asked for again with growing pauses', () => {
    const { clock, asked, views, frameOf, shown } = rig();
    views.setConnection('live');
    views.open('p');
    views.refuse();
    expect(shown()).toEqual(['reading', undefined]);
    clock.advance(5_000);
    expect(asked).toEqual(['p', 'p']);
    clock.advance(300_000); // Nothing is said.
    expect(asked.length).toBeGreaterThan(6);
    expect(asked.length).toBeLessThan(16);
    views.takeFrame(frameOf('p', 1));
    expect(shown()).toEqual(['live', '1.00']);
    const times = asked.length;
    views.refuse(); // Of something else that was said.
    clock.advance(600_000);
    expect([shown()[0], asked.length]).toEqual(['live', times]);
  });

  it('is given up where the server shows the usual one instead', () => {
    const { clock, asked, views, frameOf, shown } = rig();
    views.setConnection('live');
    views.open('p');
    const { PortfolioID: _, ...usual } = frameOf('', 5);
    views.takeFrame(usual); // The first one of a connection.
    expect(shown()).toEqual(['connecting', undefined]);
    views.takeFrame(frameOf('p', 1));
    views.takeFrame(usual);
    expect(shown()).toEqual(['reading', '1.00']);
    clock.advance(5_000);
    expect(asked).toEqual(['p', 'p']);
  });

  it('is asked for so seldom that the connection stays open, and the last one counts', () => {
    const { clock, asked, views } = rig();
    views.setConnection('live');
    for (let at = 0; at < 30; at++) views.open(`p${at}`);
    expect(asked).toHaveLength(10);
    clock.advance(10_000);
    expect(asked.slice(10)).toEqual(['p29']);
  });

  it('shows nothing of who was signed in before', () => {
    const { asked, views, frameOf, shown } = rig();
    views.setConnection('live');
    views.open('p');
    views.takeFrame(frameOf('p', 9));
    views.clear();
    expect(shown()).toEqual(['connecting', undefined]);
    expect(asked).toEqual(['p', 'p']);
    views.setConnection('live');
    views.takeFrame(frameOf('p', 1));
    expect(shown()).toEqual(['live', '1.00']);
  });
});
