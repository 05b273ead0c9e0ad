import { credentials } from '@grpc/grpc-js';
import { type RawResponse, SocketServiceClient } from '@tickfolio/gen/market/v1';
import { reportToParent, serveParent } from '../measure/child.js';
import { createLatencies, preciseNow } from '../measure/latencies.js';
import { readUsage } from '../measure/usage.js';
import { progressMs, tradeSymbols } from './load.js';

// The least a reader of the gRPC stream can do: parse every payload.

let trades = 0;
let reported = 0;
let reporting = false;
let measuring = false;
let latencies = createLatencies();

const take = ({ frames }: RawResponse) => {
  for (const { payload } of frames) {
    const trade = JSON.parse(payload) as { readonly T: number };
    trades += 1;
    if (measuring) latencies.add(preciseNow() - trade.T);
  }
};

const tasks = {
  start: async (socketPort: number): Promise<void> => {
    const client = new SocketServiceClient(`127.0.0.1:${socketPort}`, credentials.createInsecure());
    client.receiveRawAggTrade({ symbols: [...tradeSymbols] }).on('data', take);
    setInterval(() => {
      if (!reporting || trades === reported) return;
      reported = trades;
      reportToParent([reported]);
    }, progressMs);
  },
  /** @returns how many of the symbols' feeds are live: all, as soon as there is a trade */
  live: async (): Promise<number> => (trades > 0 ? tradeSymbols.length : 0),
  /** Counts trades from here on. @param report tell the parent the count again and again */
  reset: async (report: boolean) => {
    reporting = report;
    [trades, reported] = [0, 0];
  },
  begin: async () => {
    latencies = createLatencies();
    measuring = true;
  },
  end: async () => {
    measuring = false;
    return { latency: latencies.summary(), incomplete: 0 };
  },
  usage: async () => ({ ...readUsage(), trades }),
};

export type TradesFloorAggregator = typeof tasks;

serveParent(tasks);
