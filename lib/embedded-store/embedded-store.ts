/** What the stores that run in this process have in common. */
export { DamagedStoreError } from './damage.js';
export { freeBytes, freeInWords, lacksRoom, NoRoomError, neededInWords } from './disk-space.js';
export type { HeldStore, HoldStore, TableContents } from './held-store.js';
export { noteOpened, wasOpened } from './mark.js';
