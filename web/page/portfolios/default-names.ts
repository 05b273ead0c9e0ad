import type { PortfoliosTexts } from '../text/portfolios/en.js';
import type { Portfolio } from './portfolio-calls.js';

/** What the service calls the portfolios that everybody has. */
const given = { own: 'Portfolio', paper: 'Paper', simulated: 'Paper (simulated)' } as const;

/**
 * A portfolio's name: as its owner wrote it, or in the reader's words where the service gave it, with the number that it
 * has where the user had one of that name.
 */
export const nameOf = (
  { name, kind, isDefault, simulated }: Pick<Portfolio, 'name' | 'kind' | 'isDefault' | 'simulated'>,
  { defaultNames }: Pick<PortfoliosTexts, 'defaultNames'>,
): string => {
  if (!isDefault || kind === 'exchange') return name;
  const which = kind === 'tracking' ? 'own' : simulated ? 'simulated' : 'paper';
  const rest = name.startsWith(given[which]) ? name.slice(given[which].length) : undefined;
  return rest !== undefined && /^( \d+)?$/.test(rest) ? defaultNames[which] + rest : name;
};
