import { nameKey } from './credentials.js';

/** What an access token lets its user do besides what everybody may. */
export type Role = 'operator';

/** The role of an account, asked at every sign-in and renewal: so a change of the setting holds after one renewal. */
export type RoleOf = (account: { readonly nameKey: string | null }) => Role | undefined;

/**
 * @param operators names, in whatever case. An account that lost its name's key to another one is none: it would be
 * found by the other's name.
 */
export const createRoles = (operators: readonly string[]): RoleOf => {
  const keys = new Set(operators.map(nameKey));
  return ({ nameKey: key }) => (key !== null && keys.has(key) ? 'operator' : undefined);
};
