import { account } from './en/account.js';
import { changes } from './en/changes.js';
import { charts } from './en/charts.js';
import { general } from './en/general.js';
import { holdings } from './en/holdings.js';
import { live } from './en/live.js';
import { receipt } from './en/receipt.js';
import { settings } from './en/settings.js';
import { shell } from './en/shell.js';

/** Every word of the page, a file a feature; other languages have the same files and keys, and no two features share a key. */
export const en = {
  ...general,
  ...shell,
  ...account,
  ...live,
  ...holdings,
  ...changes,
  ...charts,
  ...receipt,
  ...settings,
};

export type Messages = typeof en;
