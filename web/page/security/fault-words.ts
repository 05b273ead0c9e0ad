import { isProblem } from '@tickfolio/client/problem';
import { faultText } from '../kit/fault-text.js';
import { useText } from '../text/language.js';
import type { SecurityTexts } from '../text/security/en.js';
import { useSecurityText } from '../text/security/use-security-text.js';

type Faults = SecurityTexts['faults'];

/** By the server's stable words. */
const ofServer: Readonly<Record<string, keyof Faults>> = {
  'wrong-password': 'wrongPassword',
  'wrong-code': 'wrongCode',
  'ticket-over': 'ticketOver',
  'passkey-address': 'passkeyAddress',
  'passkey-misfit': 'passkeyMisfit',
  'password-changed': 'passwordChanged',
  'password-unicode': 'passwordUnicode',
  'too-many-passkeys': 'tooManyPasskeys',
  'totp-not-begun': 'appNotBegun',
  'totp-on': 'appOn',
  reauthenticate: 'proofWanted',
  'not-found': 'gone',
};

/** By the names that browsers give to what went wrong with a passkey; closing its window is `NotAllowedError`. */
const ofBrowser: Readonly<Record<string, keyof Faults>> = {
  NotAllowedError: 'passkeyNotGiven',
  AbortError: 'passkeyNotGiven',
  InvalidStateError: 'passkeyTaken',
  ConstraintError: 'passkeyNoScreenLock',
  SecurityError: 'passkeyAddress',
};

/** Which words say it; undefined for what the rest of the page has words for. */
export const securityFault = (thrown: unknown): keyof Faults | undefined => {
  if (isProblem(thrown))
    return [...thrown.reasons.values(), thrown.reason]
      .map((reason) => ofServer[reason])
      .find((key) => key !== undefined);
  return thrown instanceof Error ? ofBrowser[thrown.name] : undefined;
};

/** A function that says what went wrong, in the reader's words. */
export const useFaultWords = (): ((thrown: unknown) => string) => {
  const text = useText();
  const { faults } = useSecurityText();
  return (thrown) => {
    const key = securityFault(thrown);
    return key === undefined ? faultText(thrown, text) : faults[key];
  };
};
