import { shareTestPglite } from '../../kit/pglite.js';
import { describeInbox } from './inbox.contract.js';
import { harbourMigrations } from './kit/harbour.js';

describeInbox('PGlite', () => shareTestPglite(harbourMigrations));
