import { StreamState } from '@tickfolio/gen/market/v1';
import { describe, expect, it } from 'vitest';
import { tickerAt } from '../kit/exchange.js';
import { createTickerBoard } from './ticker-board.js';

describe('a board of all symbols', () => {
  it('never shows simulated prices as real after the socket service was restarted with a simulator', () => {
    const board = createTickerBoard();
    const status = { state: StreamState.STREAM_STATE_LIVE, detail: '', sinceMs: 0 };
    board.take({ tickers: [tickerAt('btcusdt', '68000', 1_000)], status, heartbeatMs: 1_000, simulated: false });
    board.broke('the stream was ended');
    // The new process has not read its list of symbols when the stream is opened anew.
    board.take({ tickers: [], status, heartbeatMs: 1_000, simulated: undefined });
    board.take({
      tickers: [tickerAt('ethusdt', '1', 2_000)],
      status: undefined,
      heartbeatMs: undefined,
      simulated: undefined,
    });
    expect([board.simulated, board.of('btcusdt')?.close]).toEqual([undefined, undefined]);
  });
});
