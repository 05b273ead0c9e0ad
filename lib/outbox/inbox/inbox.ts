export { createErasedAnswer } from './erasing/erased-answer.js';
export { createOpenErasures, openErasuresTable } from './erasing/open-erasures.js';
export { type ErasePiece, type Erasing, type ErasingDeps, startErasing } from './erasing/start-erasing.js';
export { connectOwner, type Owner } from './owner.js';
export { type Inbox, startInbox } from './start-inbox.js';
export { type AnyEvent, type ConsumedTopic, consumedTopic } from './taking/consumed-topic.js';
export { listParked, releaseStream } from './taking/parked.js';
export { type InboxTables, inboxTables } from './taking/tables.js';
