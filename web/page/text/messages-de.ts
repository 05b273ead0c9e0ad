import { account } from './de/account.js';
import { changes } from './de/changes.js';
import { charts } from './de/charts.js';
import { general } from './de/general.js';
import { holdings } from './de/holdings.js';
import { live } from './de/live.js';
import { receipt } from './de/receipt.js';
import { settings } from './de/settings.js';
import { shell } from './de/shell.js';
import type { Messages } from './messages-en.js';

export const de: Messages = {
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
