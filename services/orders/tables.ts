import { tablesIn } from '@tickfolio/lib/postgres';
import * as schema from './schema.js';

/** What is looked for at the start. */
export const tables = tablesIn(schema);
