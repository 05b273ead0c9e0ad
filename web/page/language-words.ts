import type { Messages } from './text/messages-en.js';

export type Language = 'en' | 'de';
const files: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: () => import('./text/messages-en.js').then(({ en }) => en),
  de: () => import('./text/messages-de.js').then(({ de }) => de),
};
const read = new Map<Language, Messages>();

/** That of the document, which was chosen before, or the browser's. */
export const documentLanguage = (): Language => (document.documentElement.lang === 'de' ? 'de' : 'en');

/**
 * Reads the words of a language, that of the document where none is said; before it is shown.
 * @throws Error where their file cannot be loaded
 */
export const loadLanguage = async (language = documentLanguage()): Promise<Messages> => {
  const words = read.get(language) ?? (await files[language]());
  read.set(language, words);
  return words;
};

/** Of a language that was loaded. */
export const wordsOf = (language: Language): Messages => {
  const words = read.get(language);
  if (!words) throw new Error(`The words of ${language} were not loaded.`);
  return words;
};
