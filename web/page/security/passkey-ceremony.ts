import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} from '@simplewebauthn/browser';

/** Whether the browser can use passkeys on this page; none does where it was opened by plain http, but at localhost. */
export const canUsePasskeys = (): boolean => browserSupportsWebAuthn();

/** Has the browser make a passkey. @param options of the server @throws Error as `securityFault` knows them */
export const makePasskey = (options: unknown): Promise<unknown> =>
  startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON });

/** Has the browser's user prove by a passkey who it is. @param options of the server @throws Error likewise */
export const givePasskey = (options: unknown): Promise<unknown> =>
  startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON });

/** Whether the browser can offer passkeys where a name is filled in. It keeps none for an address made of numbers. */
export const canOfferPasskeys = async (): Promise<boolean> =>
  !/^[\d.]+$|^\[/.test(location.hostname) && (await browserSupportsWebAuthnAutofill());

/**
 * Has the browser offer its passkeys at the field with `autocomplete="username webauthn"`. Ends when its user took one,
 * or when anything else asks for a passkey. @param options of the server @throws Error as `securityFault` knows them
 */
export const offerPasskeys = (options: unknown): Promise<unknown> =>
  startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON, useBrowserAutofill: true });

/** Ends whatever asks for a passkey. */
export const askNoMore = (): void => WebAuthnAbortService.cancelCeremony();
