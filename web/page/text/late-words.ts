import type { Language } from '../language-words.js';
import { useSpeaking } from './language.js';
import type { Messages } from './messages-en.js';

/**
 * Words that only some pages say, loaded with those pages.
 * @returns what gives every word of the page and these, in the language that is spoken
 */
export const lateWords = <T extends object>(texts: Readonly<Record<Language, T>>): (() => Messages & T) => {
  const known = new Map<Messages, Messages & T>();
  return () => {
    const { language, text } = useSpeaking();
    const all = known.get(text) ?? { ...text, ...texts[language] };
    known.set(text, all);
    return all;
  };
};
