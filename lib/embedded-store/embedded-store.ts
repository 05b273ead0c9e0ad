/** What the stores that run in this process have in common. */
export { DamagedStoreError } from './damage.js';
export { freeBytes, lacksRoom, NoRoomError, roomInWords } from './disk-space.js';
export type { HeldStore, HoldStore } from './held-store.js';
export { noteOpened, wasOpened } from './mark.js';
