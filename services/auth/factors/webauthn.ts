import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { AppError } from '@tickfolio/lib/errors';
import type { passkeys } from '../schema.js';

/** Where the page is: browsers let a passkey of one host name sign nowhere else. */
export interface RelyingParty {
  /** Host name. */
  readonly id: string;
  readonly origins: readonly string[];
}

/** What a browser is given. */
export interface BegunPasskey {
  readonly ticket: string;
  /** In the JSON form of WebAuthn. */
  readonly optionsJson: string;
}

/** What it brings back. */
export interface PasskeyAnswer {
  readonly ticket: string;
  readonly responseJson: string;
  readonly party: RelyingParty;
}

type Row = typeof passkeys.$inferSelect;
/** What is kept of a new one. */
type NewPasskey = Pick<Row, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'backedUp'>;
/** What is kept of one that was used. */
export type UsedPasskey = Pick<Row, 'counter' | 'backedUp'>;

const displayName = 'tickfolio';
/** A quarter of what the gateway takes as a body is plenty; larger ones are not parsed. */
const maxResponseLength = 8 * 1024;
const maxTransports = 8;

/** 28 MB and a fifth of a second, for those that use it. */
const library = () => import('@simplewebauthn/server');

const misfit = (cause: unknown) =>
  new AppError('permission_denied', 'The passkey does not fit what was asked for.', {
    cause,
    fields: [{ field: 'response', message: 'does not fit what was asked for', reason: 'passkey-misfit' }],
  });

const parse = (responseJson: string): unknown => {
  if (responseJson.length > maxResponseLength) throw misfit(new Error('too long'));
  try {
    return JSON.parse(responseJson) as unknown;
  } catch (err) {
    throw misfit(err);
  }
};
const descriptors = (rows: readonly Pick<Row, 'credentialId' | 'transports'>[]) =>
  rows.map(({ credentialId, transports }) => ({
    id: credentialId,
    transports: transports.split(',').filter(Boolean),
  }));

/** The id of the credential that a response is of; empty where it says none. */
export const credentialIdOf = (responseJson: string): string => {
  const response = parse(responseJson);
  const id = typeof response === 'object' && response && 'id' in response ? response.id : '';
  return typeof id === 'string' && /^[\w-]+$/.test(id) ? id : '';
};

/** @param known those the account has already, which the authenticator then does not make again */
export const registrationOptions = async (
  party: RelyingParty,
  account: { readonly id: string; readonly name: string },
  known: readonly Row[],
  challenge: Uint8Array,
): Promise<string> => {
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: displayName,
    rpID: party.id,
    userID: new Uint8Array(Buffer.from(account.id.replaceAll('-', ''), 'hex')),
    userName: account.name,
    userDisplayName: account.name,
    challenge: new Uint8Array(challenge),
    attestationType: 'none',
    excludeCredentials: descriptors(known),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return JSON.stringify(options);
};

/** @throws AppError permission_denied where the response does not fit */
export const verifyRegistration = async (
  party: RelyingParty,
  responseJson: string,
  challenge: string,
): Promise<NewPasskey> => {
  const { verifyRegistrationResponse } = await library();
  const response = parse(responseJson) as RegistrationResponseJSON; // The library looks at all it uses.
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: [...party.origins],
    expectedRPID: party.id,
    requireUserVerification: true,
  }).catch((err: unknown) => {
    throw misfit(err);
  });
  if (!verified) throw misfit(new Error('not verified'));
  const { credential, credentialBackedUp } = registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: new Uint8Array(credential.publicKey),
    counter: credential.counter,
    transports: (credential.transports ?? [])
      .filter((one) => /^[a-z-]{1,20}$/.test(one))
      .slice(0, maxTransports)
      .join(','),
    backedUp: credentialBackedUp,
  };
};

/** How long a browser's window waits; one that offers passkeys at a field waits for ever. */
const askMs = 60_000;

/**
 * Every page of signing in asks for these, so they are written without the library.
 * @param known those that may answer; none: whichever the user takes
 */
export const assertionOptions = (party: RelyingParty, known: readonly Row[], challenge: Uint8Array): string => {
  const options: PublicKeyCredentialRequestOptionsJSON = {
    challenge: Buffer.from(challenge).toString('base64url'),
    rpId: party.id,
    timeout: askMs,
    userVerification: 'required',
    ...(known.length > 0
      ? { allowCredentials: descriptors(known).map((one) => ({ ...one, type: 'public-key' as const })) }
      : {}),
  };
  return JSON.stringify(options);
};

/** @throws AppError permission_denied where the response does not fit */
export const verifyAssertion = async (
  party: RelyingParty,
  passkey: Row,
  responseJson: string,
  challenge: string,
): Promise<UsedPasskey> => {
  const { verifyAuthenticationResponse } = await library();
  const response = parse(responseJson) as AuthenticationResponseJSON; // The library looks at all it uses.
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: [...party.origins],
    expectedRPID: party.id,
    credential: {
      id: passkey.credentialId,
      publicKey: passkey.publicKey,
      counter: passkey.counter,
    },
    requireUserVerification: true,
  }).catch((err: unknown) => {
    throw misfit(err);
  });
  if (!verified) throw misfit(new Error('not verified'));
  return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
};
