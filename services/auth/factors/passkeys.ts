import { AppError } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, count, eq } from 'drizzle-orm';
import type { CallOrigin } from '../log/call-origin.js';
import type { SecurityLog } from '../log/security-log.js';
import { passkeys } from '../schema.js';
import { timeMs } from '../sessions/agreed-time.js';
import { type Asker, lockAsker, lockFreshAsker, uuidPattern } from '../sessions/asker.js';
import { type PasskeyTickets, usePasskeyTicket } from './passkey-ticket.js';
import type { BegunPasskey, PasskeyAnswer, RelyingParty } from './webauthn.js';
import { registrationOptions, verifyRegistration } from './webauthn.js';

/** A passkey as its user sees it. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** 0 where it never was. */
  readonly lastUsedAtMs: number;
  readonly backedUp: boolean;
  readonly relyingPartyId: string;
}

/** The passkeys of who asks. @throws AppError unauthenticated, permission_denied `reauthenticate` where it says */
export interface Passkeys {
  /** @throws AppError `reauthenticate`; failed_precondition where there are too many */
  begin(asker: Asker, party: RelyingParty): Promise<BegunPasskey>;
  /**
   * @param name for the list, 1 to 64 characters
   * @throws AppError permission_denied where it does not fit what was begun, already_exists, failed_precondition
   */
  add(asker: Asker, name: string, answer: PasskeyAnswer, origin: CallOrigin): Promise<Passkey>;
  list(asker: Asker): Promise<readonly Passkey[]>;
  /** @throws AppError `reauthenticate`, not_found */
  remove(asker: Asker, passkeyId: string, origin: CallOrigin): Promise<void>;
}

export interface PasskeysDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly tickets: PasskeyTickets;
  readonly securityLog: SecurityLog;
  readonly maxPasskeys: number;
}

const maxNameLength = 64;

const shown = ({
  id,
  name,
  createdAt,
  lastUsedAt,
  backedUp,
  relyingParty,
}: Omit<typeof passkeys.$inferSelect, 'publicKey'>): Passkey => ({
  id,
  name,
  createdAtMs: createdAt.getTime(),
  lastUsedAtMs: lastUsedAt?.getTime() ?? 0,
  backedUp,
  relyingPartyId: relyingParty,
});

const requireName = (text: string): string => {
  const name = text.trim();
  if (name !== '' && name.isWellFormed() && [...name].length <= maxNameLength && !/\p{Cc}/u.test(name)) return name;
  throw new AppError('invalid_argument', 'The name of the passkey cannot be used.', {
    fields: [{ field: 'name', message: `must be 1 to ${maxNameLength} characters`, reason: 'passkey-name' }],
  });
};

export const createPasskeys = (deps: PasskeysDeps): Passkeys => {
  const { db, time, tickets, securityLog, maxPasskeys } = deps;
  const askOf = ({ sessionId }: Asker, { id }: RelyingParty) =>
    ({ purpose: 'add', relyingParty: id, sessionId }) as const;
  const requireRoom = async (tx: Transaction, userId: string): Promise<void> => {
    const [known] = await tx.select({ keys: count() }).from(passkeys).where(eq(passkeys.userId, userId));
    if ((known?.keys ?? 0) < maxPasskeys) return;
    throw new AppError('failed_precondition', `There are ${maxPasskeys} passkeys already; remove one first.`, {
      fields: [{ field: 'passkeys', message: `are at most ${maxPasskeys}`, reason: 'too-many-passkeys' }],
    });
  };

  return {
    begin: async (asker, party) => {
      const { account, known } = await db.transaction(async (tx) => {
        const owner = await lockFreshAsker(tx, time, asker);
        await requireRoom(tx, owner.id);
        return { account: owner, known: await tx.select().from(passkeys).where(eq(passkeys.userId, owner.id)) };
      });
      const { ticket, challenge } = tickets.give(askOf(asker, party), await timeMs(db, time));
      return { ticket, optionsJson: await registrationOptions(party, account, known, challenge) };
    },
    add: async (asker, givenName, { ticket, responseJson, party }, origin) => {
      const name = requireName(givenName);
      const ask = tickets.read(ticket, askOf(asker, party), await timeMs(db, time));
      const made = await verifyRegistration(party, responseJson, ask.challenge);
      return db.transaction(async (tx) => {
        // That the user was there was asked when the ticket was given, some minutes ago.
        const { account } = await lockAsker(tx, time, asker);
        await requireRoom(tx, account.id);
        await usePasskeyTicket(tx, account.id, ask);
        const [row] = await tx
          .insert(passkeys)
          .values({ ...made, userId: account.id, name, relyingParty: party.id, createdAt: time() })
          .onConflictDoNothing()
          .returning();
        if (!row) throw new AppError('already_exists', 'This passkey is there already.');
        await securityLog(tx, { userId: account.id, action: 'passkey-added', origin, detail: { name } });
        return shown(row);
      });
    },
    list: (asker) =>
      db.transaction(async (tx) => {
        const { account } = await lockAsker(tx, time, asker);
        const mine = eq(passkeys.userId, account.id);
        const rows = await tx.select().from(passkeys).where(mine).orderBy(asc(passkeys.createdAt), asc(passkeys.id));
        return rows.map(shown);
      }),
    remove: (asker, passkeyId, origin) =>
      db.transaction(async (tx) => {
        const { id: userId } = await lockFreshAsker(tx, time, asker);
        const own = and(eq(passkeys.id, passkeyId), eq(passkeys.userId, userId));
        const [gone] = uuidPattern.test(passkeyId) ? await tx.delete(passkeys).where(own).returning() : [];
        if (!gone) throw new AppError('not_found', 'There is no such passkey.');
        await securityLog(tx, { userId, action: 'passkey-removed', origin, detail: { name: gone.name } });
      }),
  };
};
