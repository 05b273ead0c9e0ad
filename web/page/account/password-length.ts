/**
 * In characters, as the server counts: an emoji is one, a ligature is one, an accent that is typed by itself is none.
 */
export const passwordLength = (password: string): number =>
  Math.min([...password].length, [...password.normalize('NFKC')].length);
