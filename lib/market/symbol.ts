/** The longest name that is taken for a symbol, in characters: twice as long as the exchange's longest. */
export const maxSymbolLength = 32;

/** Letters and digits of any script: the exchange lists symbols that are not Latin. */
const pattern = new RegExp(`^[\\p{L}\\p{N}_.-]{1,${maxSymbolLength}}$`, 'u');

/**
 * Whether this can be the name of a symbol as it is written between the services, in lower case. Whether it is listed
 * is another question.
 */
export const isSymbol = (text: string): boolean => pattern.test(text) && text === text.toLowerCase();
