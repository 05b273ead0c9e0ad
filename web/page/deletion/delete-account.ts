import { newChangeKey } from '@tickfolio/client/change-key';
import { isProblem } from '@tickfolio/client/problem';
import { accountPath } from '../security/account-overview.js';

export interface AccountDeletionDeps {
  readonly call: (method: string, path: string, body: undefined, headers: Record<string, string>) => Promise<unknown>;
  /** Rejects where there is no such deletion, or nobody answers. */
  readonly ask: (token: string) => Promise<unknown>;
}

/** Of the link that shows what becomes of a deletion, as the server takes it: 64 hexadecimal digits. */
export const newLinkToken = (): string => newChangeKey() + newChangeKey();

/** No answer came, or one of something in between; or the account is gone already, and its sessions with it. */
const mayBeDone = (thrown: unknown): boolean =>
  isProblem(thrown) && (thrown.status === 0 || thrown.status === 401 || thrown.status >= 500);

/**
 * Deletes the account of who is signed in, under a link that the page has chosen: so it is known where to look also when
 * the answer is lost. @throws Problem where nothing was deleted, as far as can be known
 */
export const deleteAccount = async ({ call, ask }: AccountDeletionDeps, token: string): Promise<void> => {
  try {
    await call('DELETE', accountPath, undefined, { 'idempotency-key': token });
  } catch (thrown) {
    if (!mayBeDone(thrown)) throw thrown;
    await ask(token).catch(() => {
      throw thrown;
    });
  }
};
