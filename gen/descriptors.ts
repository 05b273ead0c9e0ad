import { existsSync, readdirSync, readFileSync } from 'node:fs';

// Compiled files live one folder down, in dist/.
const here = new URL('.', import.meta.url);
const folder = here.pathname.endsWith('/dist/') ? new URL('..', here) : here;

/** The serialized FileDescriptorSet of everything in proto/, for server reflection: those of its packages, one after the other. */
export const readDescriptors = (): Buffer =>
  Buffer.concat(
    readdirSync(folder)
      .sort()
      .map((name) => new URL(`${name}/v1/descriptors.binpb`, folder))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file)),
  );
