/** What a login asks for besides the password, on an account with an authenticator app. */
export interface SecondFactor {
  /** Good for some minutes and some tries. */
  readonly ticket: string;
  /** `totp`, `recovery-code`; a newer server may have more. */
  readonly kinds: readonly string[];
}

/** @returns undefined for the answer to a login that needs none */
export const readSecondFactor = ({ secondFactor }: Readonly<Record<string, unknown>>): SecondFactor | undefined => {
  if (typeof secondFactor !== 'object' || secondFactor === null) return undefined;
  const { ticket, kinds } = secondFactor as Record<string, unknown>;
  if (typeof ticket !== 'string' || !Array.isArray(kinds)) return undefined;
  return { ticket, kinds: kinds.filter((kind) => typeof kind === 'string') };
};
