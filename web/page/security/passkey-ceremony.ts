import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';

/** Whether the browser can use passkeys on this page; none does where it was opened by plain http, but at localhost. */
export const canUsePasskeys = (): boolean => browserSupportsWebAuthn();

/** Has the browser make a passkey. @param options of the server @throws Error as `securityFault` knows them */
export const makePasskey = (options: unknown): Promise<unknown> =>
  startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON });

/** Has the browser's user prove by a passkey who it is. @param options of the server @throws Error likewise */
export const givePasskey = (options: unknown): Promise<unknown> =>
  startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON });
