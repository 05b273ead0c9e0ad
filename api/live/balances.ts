import { Type } from 'typebox';
import type { Body } from '../body.js';
import { strict, version } from '../fields.js';

/** Why a balance is another now. */
const reasons = [
  ...(['manual', 'adopt', 'import', 'fund', 'transfer', 'fill', 'fee', 'mirror'] as const),
  ...(['reserve', 'release'] as const),
] as const;

export const BalanceTold = Type.Object(
  {
    Type: Type.Literal('balance'),
    PortfolioID: Type.String({
      description: 'a portfolio of the user',
      examples: ['0199a3c2-7d10-7000-8000-000000000002'],
    }),
    Version: version('counts the changes of the balances of that portfolio, and never falls'),
    Asset: Type.String({ description: 'upper case', examples: ['BTC'] }),
    Via: Type.String({ description: 'the symbol that values it; empty for cash', examples: ['btcusdt'] }),
    Available: Type.String({ description: 'what can be used now, exact decimal text', examples: ['0.4995'] }),
    Reserved: Type.String({ description: 'what is kept for orders now, exact decimal text', examples: ['0'] }),
    Reason: Type.Enum([...reasons], { description: 'what kind of thing was done', examples: ['fill'] }),
    Ref: Type.String({
      description: 'what was done: `<what>:<id>`, the same in all balances that it changed',
      examples: ['order:0199a3c2-7d10-7000-8000-000000000004'],
    }),
  },
  {
    ...strict,
    description:
      'On the channel `balances`: a balance as it is after a change. Who reads slowly gets the newest of each balance.',
  },
);
export type BalanceTold = Body<typeof BalanceTold>;

export const Resync = Type.Object(
  { Type: Type.Literal('resync') },
  {
    ...strict,
    description:
      'On the channels `balances` and `orders`: changes may have gone by untold, so read anew over REST what was asked for.',
  },
);
export type BalanceMessage = BalanceTold | Body<typeof Resync>;
