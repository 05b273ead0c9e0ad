import { errorsPage } from './errors-page.js';
import { settingsPage } from './settings-page.js';

/** Pages of docs/ that are written by `make docs`, by their path from the project's root. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/errors.md': errorsPage,
  'docs/settings.md': settingsPage,
};
