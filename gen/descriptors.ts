import { readFileSync } from 'node:fs';

// Compiled files live one folder down, in dist/.
const here = new URL('.', import.meta.url);
const file = new URL(here.pathname.endsWith('/dist/') ? '../descriptors.binpb' : 'descriptors.binpb', here);

/** The serialized FileDescriptorSet of everything in proto/, for server reflection. */
export const readDescriptors = (): Buffer => readFileSync(file);
