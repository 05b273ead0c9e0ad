import { Type } from 'typebox';
import type { Body } from './body.js';
import { maxSymbolLength, messageAnswer, moment, symbolName } from './fields.js';

export const LeasePath = Type.Object({ symbol: Type.String({ maxLength: maxSymbolLength, examples: ['btcusdt'] }) });
export const LeaseAnswer = Type.Object(
  {
    symbol: symbolName,
    until: moment,
    seconds: Type.Integer({ description: 'how long that is; ask again before', examples: [60] }),
  },
  { description: 'The symbol is followed until then as if you held it.' },
);
export const LeaseEndAnswer = messageAnswer('Followed no longer');
export type LeaseAnswer = Body<typeof LeaseAnswer>;
