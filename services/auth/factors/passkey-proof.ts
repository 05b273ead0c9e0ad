import { AppError } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, eq } from 'drizzle-orm';
import type { CallOrigin } from '../log/call-origin.js';
import { accounts, passkeys } from '../schema.js';
import { timeMs } from '../sessions/agreed-time.js';
import { type Asker, lockAsker, markFresh } from '../sessions/asker.js';
import type { Sessions } from '../sessions/sessions.js';
import { type PasskeyAsk, type PasskeyTickets, usePasskeyTicket } from './passkey-ticket.js';
import type { Opened } from './second-factor.js';
import {
  assertionOptions,
  type BegunPasskey,
  credentialIdOf,
  type PasskeyAnswer,
  type RelyingParty,
  type UsedPasskey,
  verifyAssertion,
} from './webauthn.js';

/** What a passkey proves: who signs in, and that a signed-in user is there. It is both factors in one. */
export interface PasskeyProof {
  /** For whoever has a passkey of the page: the authenticator says whose it is. */
  beginLogin(party: RelyingParty): Promise<BegunPasskey>;
  /** @throws AppError unauthenticated for a passkey that is unknown or does not fit, and a ticket that is over */
  login(answer: PasskeyAnswer, origin: CallOrigin): Promise<Opened>;
  /** @throws AppError unauthenticated where the session is over, not_found without a passkey */
  begin(asker: Asker, party: RelyingParty): Promise<BegunPasskey>;
  /** @throws AppError permission_denied for a passkey that is not the user's or does not fit */
  reauthenticate(asker: Asker, answer: PasskeyAnswer): Promise<void>;
}

export interface PasskeyProofDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly tickets: PasskeyTickets;
  readonly sessions: Pick<Sessions, 'openWithin'>;
}

type Row = typeof passkeys.$inferSelect;

const refused = (cause?: unknown) =>
  new AppError('unauthenticated', 'This passkey is not known here.', cause === undefined ? {} : { cause });

export const createPasskeyProof = ({ db, time, tickets, sessions }: PasskeyProofDeps): PasskeyProof => {
  const ofParty = ({ id }: RelyingParty) => eq(passkeys.relyingParty, id);
  const find = async ({ party, responseJson }: PasskeyAnswer): Promise<Row | undefined> => {
    const named = eq(passkeys.credentialId, credentialIdOf(responseJson));
    const [row] = await db
      .select()
      .from(passkeys)
      .where(and(named, ofParty(party)));
    return row;
  };
  const loginAsk = (party: RelyingParty) => ({ purpose: 'login', relyingParty: party.id, sessionId: '' }) as const;
  const proofAsk = ({ sessionId }: Asker, party: RelyingParty) =>
    ({ purpose: 'reauthenticate', relyingParty: party.id, sessionId }) as const;

  /** In the transaction that locked its account. @throws AppError unauthenticated where it was removed, or is a copy */
  const use = async (tx: Transaction, row: Row, ask: PasskeyAsk, { counter, backedUp }: UsedPasskey): Promise<void> => {
    await usePasskeyTicket(tx, row.userId, ask);
    const [still] = await tx.select({ counter: passkeys.counter }).from(passkeys).where(eq(passkeys.id, row.id));
    // One that counts has counted on; the same number twice is a second authenticator with the same key.
    if (!still || (still.counter > 0 && counter <= still.counter)) throw refused();
    await tx.update(passkeys).set({ counter, backedUp, lastUsedAt: time() }).where(eq(passkeys.id, row.id));
  };

  return {
    beginLogin: async (party) => {
      const { ticket, challenge } = tickets.give(loginAsk(party), await timeMs(db, time));
      return { ticket, optionsJson: assertionOptions(party, [], challenge) };
    },
    login: async (answer, origin) => {
      const ask = tickets.read(answer.ticket, loginAsk(answer.party), await timeMs(db, time));
      try {
        const row = await find(answer);
        if (!row) throw refused();
        const used = await verifyAssertion(answer.party, row, answer.responseJson, ask.challenge);
        return await db.transaction(async (tx) => {
          const [account] = await tx.select().from(accounts).where(eq(accounts.id, row.userId)).for('update');
          if (!account) throw refused();
          await use(tx, row, ask, used);
          const issued = await sessions.openWithin(tx, account.id, 'passkey', origin);
          return { userId: account.id, userName: account.name, nameKey: account.nameKey, issued };
        });
      } catch (err) {
        // Nobody is signed in, so there is nobody to whom something else is denied.
        throw err instanceof AppError && err.code === 'permission_denied' ? refused(err) : err;
      }
    },
    begin: async (asker, party) => {
      const known = await db.transaction(async (tx) => {
        const { account } = await lockAsker(tx, time, asker);
        return tx
          .select()
          .from(passkeys)
          .where(and(eq(passkeys.userId, account.id), ofParty(party)));
      });
      if (known.length === 0) throw new AppError('not_found', 'There is no passkey for this page.');
      const { ticket, challenge } = tickets.give(proofAsk(asker, party), await timeMs(db, time));
      return { ticket, optionsJson: assertionOptions(party, known, challenge) };
    },
    reauthenticate: async (asker, answer) => {
      const ask = tickets.read(answer.ticket, proofAsk(asker, answer.party), await timeMs(db, time));
      const row = await find(answer);
      if (row?.userId !== asker.userId)
        throw new AppError('permission_denied', 'This passkey is not one of the account.', {
          fields: [{ field: 'response', message: 'is of no passkey of the account', reason: 'passkey-misfit' }],
        });
      const used = await verifyAssertion(answer.party, row, answer.responseJson, ask.challenge);
      await db.transaction(async (tx) => {
        await lockAsker(tx, time, asker);
        await use(tx, row, ask, used);
        await markFresh(tx, time, asker);
      });
    },
  };
};
