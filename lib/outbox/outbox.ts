export { type AppendEvents, createAppend, type NewEvent } from './append.js';
export { tellCommits } from './commits.js';
export { eachUser } from './each-user.js';
export { epochOf, raiseEpoch } from './epoch.js';
export { eventsAsked } from './events-asked.js';
export { createLease, type Lease } from './lease.js';
export { createListEvents, type ListEvents } from './list-events.js';
export { startRelay } from './relay.js';
export { type OutboxTables, outboxTables } from './tables.js';
