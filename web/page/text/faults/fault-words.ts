import type { Messages } from '../messages-en.js';
import { de } from './de.js';
import { en, type FaultTexts } from './en.js';

/** The words for what went wrong, in the language of others. */
export const faultWordsOf = ({ tag }: Pick<Messages, 'tag'>): FaultTexts => (tag === 'de' ? de : en);
