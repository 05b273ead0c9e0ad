import { AppError } from '@tickfolio/lib/errors';

/**
 * A text of valid JSON, and the colon behind it where it is a key. A text begins only where the one before has ended,
 * so this takes one pass.
 */
const texts = /"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)/gs;

/** The keys as they stand in it, one entry for each time. */
const writtenKeys = (json: string): string[] => {
  const keys: string[] = [];
  for (const [text, colon] of json.matchAll(texts))
    if (colon) keys.push(JSON.parse(text.slice(0, text.lastIndexOf('"') + 1)));
  return keys;
};

interface Member {
  readonly key: string;
  readonly value: unknown;
  /** What it stands in; undefined for the whole. */
  readonly inside: Member | undefined;
}

const isList = (member: Member | undefined): boolean => member === undefined || Array.isArray(member.value);
/** With dots: `coins.0.symbol`. */
const pathOf = (member: Member): string => {
  const keys: string[] = [];
  for (let at: Member | undefined = member; at?.inside; at = at.inside) keys.unshift(at.key);
  return keys.join('.').toWellFormed() || 'body';
};

/** Everything inside, however deep; a list in place of recursion, which a body of brackets could exhaust. */
const membersOf = (root: unknown): Member[] => {
  const found: Member[] = [{ key: '', value: root, inside: undefined }];
  for (const inside of found) {
    if (typeof inside.value !== 'object' || inside.value === null) continue;
    for (const [key, value] of Object.entries(inside.value)) found.push({ key, value, inside });
  }
  return found;
};

const refuse = (field: string, message: string, more: { readonly reason?: string } = {}): AppError =>
  new AppError('invalid_argument', `The request is not valid: ${field} ${message}.`, {
    fields: [{ field, message, ...more }],
  });

/** What passwords are called in bodies; for them there is a stable word. */
const passwordFields = new Set(['password', 'old', 'new']);

const requireKeysOnce = (json: string, members: readonly Member[]): void => {
  const kept = new Map<string, number>();
  for (const { key, inside } of members) if (!isList(inside)) kept.set(key, (kept.get(key) ?? 0) + 1);
  for (const key of writtenKeys(json)) {
    const left = (kept.get(key) ?? 0) - 1;
    if (left < 0)
      throw refuse(key.toWellFormed(), 'stands there twice; send it once, so that it is clear which is meant');
    kept.set(key, left);
  }
};

/**
 * A half of a character by itself can be written in JSON (`\ud800`), and everything that stores or compares texts takes
 * all of them for one.
 */
const requireWholeCharacters = (members: readonly Member[]): void => {
  for (const member of members) {
    const { key, value } = member;
    if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed()))
      throw refuse(
        pathOf(member),
        'must be whole Unicode characters, without half of one (a lone surrogate)',
        passwordFields.has(pathOf(member)) ? { reason: 'password-unicode' } : {},
      );
  }
};

/**
 * Refuses what can be read in two ways, though it is JSON: a key that an object has twice, and text that is no Unicode.
 * @param json valid, with nothing in it that `value` was not made of
 * @throws AppError invalid_argument naming the field
 */
export const requireOneMeaning = (json: string, value: unknown): void => {
  const members = membersOf(value);
  requireKeysOnce(json, members);
  if (json.includes('\\u')) requireWholeCharacters(members);
};
