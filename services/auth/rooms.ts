import { createDeleteOldEntries } from '@tickfolio/lib/audit';
import type { Clock } from '@tickfolio/lib/clock';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import type { Sealer } from '@tickfolio/lib/sealed';
import type { Logger } from '@tickfolio/lib/telemetry';
import { createThrottle } from '@tickfolio/lib/throttle';
import { createAccount } from './account.js';
import type { AccountRooms } from './account-rpc.js';
import { createAccounts } from './accounts/accounts.js';
import { createOwnPassword } from './accounts/own-password.js';
import { createPasswordChange } from './accounts/password-change.js';
import type { PasswordHasher } from './accounts/password-hasher.js';
import { createRecovery } from './accounts/recovery.js';
import { createRegistration } from './accounts/registration.js';
import { createRoles } from './accounts/roles.js';
import { type Auth, createAuth } from './auth.js';
import { createAccountDeletion } from './deletion/account-deletion.js';
import { createFindDeletion } from './deletion/deletion-progress.js';
import { createForgetDeletion } from './deletion/old-deletions.js';
import { createToldLog } from './events/told-log.js';
import type { TellOfUser } from './events/user-stream.js';
import { createDeleteOldTickets } from './factors/expired-tickets.js';
import { createPasskeyProof } from './factors/passkey-proof.js';
import { createPasskeyTickets } from './factors/passkey-ticket.js';
import { createPasskeys } from './factors/passkeys.js';
import { createSecondFactor } from './factors/second-factor.js';
import { createTotp } from './factors/totp.js';
import type { AuthLimits } from './limits.js';
import { createRefusals } from './log/refusals.js';
import { createSecurityLog } from './log/security-log.js';
import type { AuthMetrics } from './metrics.js';
import { agreedTime } from './sessions/agreed-time.js';
import { createListEndedSessions } from './sessions/ended-sessions.js';
import { createSessionList } from './sessions/session-list.js';
import { createSessions } from './sessions/sessions.js';

interface Parts {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hasher: PasswordHasher;
  readonly metrics: AuthMetrics;
  readonly sealer: Sealer;
  readonly tell: TellOfUser;
  /** Called once an account was deleted. */
  readonly deleted: () => void;
}

interface Settled {
  readonly jwtSecret: string;
  readonly operators: readonly string[];
  /** The services that hold something of users. */
  readonly holders: readonly string[];
  readonly limits: AuthLimits;
}

/** Everything that the two gRPC faces answer with, over one database. */
export interface Rooms extends AccountRooms {
  readonly auth: Auth;
  /** Deletes up to `limit` rows of each kind that are over. @returns how many went */
  deleteOver(limit: number): Promise<number>;
  /** Writes what was only counted so far. */
  close(): Promise<void>;
}

export const createRooms = (parts: Parts, { jwtSecret, operators, holders, limits }: Settled): Rooms => {
  const { db, time, clock, tell } = parts;
  const throttle = (limit: AuthLimits['loginsPerName']) => createThrottle({ clock, ...limit });
  const throttles = {
    name: throttle(limits.loginsPerName),
    address: throttle(limits.loginsPerAddress),
    registration: throttle(limits.registrationsPerAddress),
    recovery: throttle(limits.provesPerUser),
  };
  const codeThrottle = throttle(limits.codesPerUser);
  const securityLog = createToldLog(createSecurityLog(time), tell);
  const refusals = createRefusals({ db, clock, log: parts.log, securityLog });
  const shared = {
    ...parts,
    ...limits,
    throttles,
    securityLog,
    refusals,
    roleOf: createRoles(operators),
  };

  const accounts = createAccounts(db);
  const sessions = createSessions(db, shared);
  const ownPassword = createOwnPassword({ ...shared, accounts, throttle: throttle(limits.provesPerUser) });
  const totp = createTotp({ ...shared, throttle: codeThrottle });
  const tickets = createPasskeyTickets(jwtSecret);
  const passkeyProof = createPasskeyProof({ ...shared, tickets, sessions });
  const deleteTickets = createDeleteOldTickets(db, shared);
  const deleteEntries = createDeleteOldEntries(db, () => agreedTime(shared));
  const forgetDeletion = createForgetDeletion(db, shared);

  return {
    auth: createAuth({
      ...shared,
      jwtSecret,
      accounts,
      sessions,
      register: createRegistration({ ...shared, accounts }),
      recover: createRecovery(shared),
      secondFactor: createSecondFactor({ ...shared, totp, sessions, throttle: codeThrottle }),
      passkeyProof,
      listEndedSessions: createListEndedSessions(db, shared),
      findDeletion: createFindDeletion(db, time),
    }),
    account: createAccount({ ...shared, ownPassword, totp }),
    changePassword: createPasswordChange({ ...shared, ownPassword }),
    deleteAccount: createAccountDeletion({ ...shared, holders }),
    sessionList: createSessionList(db, shared),
    totp,
    passkeys: createPasskeys({ ...shared, tickets }),
    passkeyProof,
    deleteOver: async (limit) =>
      (await sessions.deleteOver(limit)) +
      (await deleteTickets(limit)) +
      (await deleteEntries(limit)) +
      (await forgetDeletion(limit)),
    close: () => refusals.close(),
  };
};
