import { fileURLToPath } from 'node:url';
import { makePackage } from './package.js';

const folder = fileURLToPath(new URL('../package', import.meta.url));
await makePackage(folder);
process.stdout.write(`@tickfolio/client lies in ${folder}: npm install ${folder}\n`);
