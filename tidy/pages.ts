import { asyncApi } from '@tickfolio/api/asyncapi';
import { callsPage } from './calls-page.js';
import { errorsPage } from './errors-page.js';
import { eventsDocument } from './events-document.js';
import { isolatedCompose } from './isolated-compose.js';
import { settingsPage } from './settings-page.js';

/** What is written by `make docs`, by its path from the project's root. */
export const pages: Readonly<Record<string, () => string>> = {
  'api/asyncapi.json': () => `${JSON.stringify(asyncApi(), null, 2)}\n`,
  'api/events.json': () => `${JSON.stringify(eventsDocument(), null, 2)}\n`,
  'deploy/isolated.compose.yaml': isolatedCompose,
  'docs/api/calls.md': callsPage,
  'docs/errors.md': errorsPage,
  'docs/settings.md': settingsPage,
};
