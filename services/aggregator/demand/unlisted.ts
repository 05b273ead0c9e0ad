import type { Logger } from '@tickfolio/lib/telemetry';
import type { SymbolList } from './symbol-list.js';

/** So many are named. */
const maxNamed = 5;

/**
 * The symbols of FOLLOW_SYMBOLS that the exchange does not list: they are followed from the moment it does, and nothing
 * of them is archived before.
 */
export interface Unlisted {
  /** To be called where the list is another. Says so where other symbols are missing from it. */
  look(): void;
  /** In words; undefined while all are listed or the list is not known. */
  readonly words: string | undefined;
}

export const createUnlisted = (
  log: Logger,
  list: () => Pick<SymbolList, 'known' | 'has'>,
  followed: readonly string[],
): Unlisted => {
  let words: string | undefined;
  const missingInWords = (): string | undefined => {
    const { known, has } = list();
    const missing = known ? followed.filter((symbol) => !has(symbol)) : [];
    if (missing.length === 0) return undefined;
    const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : '';
    const one = missing.length === 1 ? 'a symbol' : 'symbols';
    return `FOLLOW_SYMBOLS names ${one} that the exchange does not list: ${missing.slice(0, maxNamed).join(', ')}${more}`;
  };
  return {
    look: () => {
      const before = words;
      words = missingInWords();
      if (words === before) return;
      if (words !== undefined) log.warn(words);
      else log.warn('the exchange lists every symbol of FOLLOW_SYMBOLS now');
    },
    get words() {
      return words;
    },
  };
};
