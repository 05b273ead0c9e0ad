/** How good prices are at this moment. */
export const live = {
  live: 'Live',
  connecting: 'Connecting',
  connected: 'Connected',
  /** Of a percentage that is above 0. */
  belowOne: 'below 1 %',
  fresh: (percent: string) => `${percent} of the value priced in the last 2 s`,
  freshPrice: 'priced in the last 2 s',
  lastPrice: (seconds: number) => `Last price ${seconds} s ago`,
  noNewPrice: (time: string) => `No new price since ${time}`,
  notArriving: 'No prices are arriving',
  notArrivingSince: (time: string) => `No prices have arrived since ${time}`,
  recorded: 'Recorded price, not live',
  lastUpdate: (time: string) => `Last update ${time}`,
  priceStates: {
    waiting: 'no price yet',
    old: 'old price',
    halted: 'trading paused',
    delisted: 'delisted',
    'never-traded': 'never traded',
    unreadable: 'price unreadable',
    'feed-down': 'no prices',
  },
  priceHints: {
    waiting: 'The first price comes with the next trade.',
    old: 'Nobody has traded it for a while.',
    halted: 'The exchange has paused its trading. The price stands still until it goes on.',
    delisted: 'The exchange does not trade it any more. Its last price stays.',
    'never-traded': 'Nobody has traded it so far, so it has no price.',
    unreadable: 'Its newest price cannot be read.',
    'feed-down': 'Its prices do not arrive at the moment. They go on by themselves.',
  },
  /** Of another pair than the row's, so its name comes first. */
  stateOfPair: (pair: string, state: string) => `${pair} ${state}`,
  convertedWith: (pair: string) => `About ${pair}, which turns the price into USDT:`,
  paused: 'paused',
  waiting: 'Waiting for the first trade',
  noPrices: 'None of your assets has a price',
  saving: 'saving',
};

export type LiveTexts = typeof live;
