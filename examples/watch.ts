// Prints what a portfolio is worth, live: node examples/dist/watch.js [http://localhost:8080] [name] [password]
import { tickfolio } from '@tickfolio/client';
import { WebSocket } from 'ws';

const [url = 'http://localhost:8080', name = 'alice', password = 'correct horse battery'] = process.argv.slice(2);
const t = tickfolio({ url, WebSocket }); // Node has a WebSocket of its own from version 22 on.
await t.signIn(name, password);
for await (const frame of t.portfolio.live()) console.log(frame.TotalValue);
