import { AppError, type FieldError } from '@tickfolio/lib/errors';
import { weakness } from './weak-password.js';

/** A name and a password as somebody sent them. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
}

const namePattern = /^[A-Za-z0-9_.-]{3,64}$/;
const maxNameLength = 64;
const minPasswordLength = 8;
const maxPasswordLength = 128;

/** A character has no more marks and halves than this, however a keyboard composes it. */
const maxUnitsPerCharacter = 4;

/** In the form in which every keyboard's way of typing it is the same: so it is hashed. */
export const normalPassword = (password: string): string => password.normalize('NFKC');

/**
 * In characters as people count them: an accent that is typed by itself is none, and a ligature that is hashed as
 * several letters (up to 18) is one. The page counts the same way.
 */
const lengthOf = (password: string): number => Math.min([...password].length, [...normalPassword(password)].length);

/** What names are compared by. */
export const nameKey = (name: string): string => name.toLowerCase();

/** What tries under a name are counted by. Longer ones are no names; they count together by their beginning. */
export const countedName = (name: string): string => nameKey(name.slice(0, maxNameLength + 1));

export const isPossibleName = (name: string): boolean => namePattern.test(name);

/** False for a password that no account can have, which then need not be hashed at its full length. */
export const isPossiblePassword = (password: string): boolean =>
  password.length <= maxUnitsPerCharacter * maxPasswordLength && lengthOf(password) <= maxPasswordLength;

const nameFault = (name: string): FieldError | undefined =>
  isPossibleName(name)
    ? undefined
    : {
        field: 'name',
        message: 'must be 3 to 64 letters A to Z, digits 0 to 9, "_", "." or "-"',
        reason: 'name-shape',
      };

/**
 * What decoding puts in the place of what is no character: every password with one would be the same as every other.
 */
const isUndecoded = (password: string): boolean => !password.isWellFormed() || password.includes('\ufffd');

const passwordFault = ({ name, password }: Credentials): FieldError | undefined => {
  if (isUndecoded(password))
    return {
      field: 'password',
      message: 'has something in it that is no Unicode character',
      reason: 'password-unicode',
    };
  if (!isPossiblePassword(password))
    return { field: 'password', message: `must have at most ${maxPasswordLength} characters`, reason: 'password-long' };
  if (lengthOf(password) < minPasswordLength)
    return {
      field: 'password',
      message: `must have at least ${minPasswordLength} characters`,
      reason: 'password-short',
    };
  return weakness(normalPassword(password), nameKey(name));
};

/** @throws AppError invalid_argument naming each wrong field */
export const requireNewCredentials = (credentials: Credentials): void => {
  const fields = [nameFault(credentials.name), passwordFault(credentials)].filter((fault) => fault !== undefined);
  if (fields.length) throw new AppError('invalid_argument', 'The name or the password cannot be used.', { fields });
};

/** The same of another password for an account. @param field what it is called in the request */
export const requireNewPassword = (name: string, password: string, field: string): void => {
  const fault = passwordFault({ name, password });
  if (fault)
    throw new AppError('invalid_argument', 'The new password cannot be used.', { fields: [{ ...fault, field }] });
};
