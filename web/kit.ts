import { startKit } from './kit-server.js';

// Shows the parts of the page one by one, by `npm run kit`; a change of their sources is seen at once.

const usualPort = 5_173;
const { origin } = await startKit(usualPort);
process.stdout.write(`${origin}/kit\n`);
