import { createKeeping } from './browser-facilities.js';
import { namesPrefix } from './place.js';

/** What this browser keeps for the page from visit to visit. */
export const keeping = createKeeping(() => localStorage, namesPrefix);
