import { authConfig } from '@tickfolio/auth/config';
import { definePart } from '../run/part.js';
import { jwtSecretFile } from '../stores/store-names.js';

/** What access tokens are signed with. */
export const jwtSecret = definePart({
  name: 'jwt secret',
  needs: {},
  settings: (env) => ({
    JWT_SECRET: authConfig(env).shape.JWT_SECRET.optional().describe('Unset: one is made once, in the data folder.'),
  }),
  start: async ({ config, folder }) => config.JWT_SECRET ?? (await folder.secret(jwtSecretFile)),
});
