import { shareTestPglite } from '../../kit/pglite.js';
import { describeInbox } from './inbox.contract.js';
import { harbourMigrations } from './kit/harbour.js';
import { describeParking } from './parked.contract.js';

describeInbox('PGlite', () => shareTestPglite(harbourMigrations));
describeParking('PGlite', () => shareTestPglite(harbourMigrations));
