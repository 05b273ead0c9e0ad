import { closings } from './close-codes.js';

export const webSocketPath = '/api/v1/ws';
/** Of one fixed portfolio, for who is not signed in. */
export const demoSocketPath = `${webSocketPath}/demo`;

const codes = closings().map(({ code, reason, action }) => `${code} (${reason}) ${action}`);

export const webSocketDescription = `An upgrade to WebSocket. The token goes in the \`Authorization\` header or, for browsers, in the subprotocol
list: \`new WebSocket(url, ["bearer", accessToken])\`. The whole portfolio comes at once and whenever a price or the portfolio changes.
Messages with a \`Type\` are about the connection: \`token-expiring\`, \`token-accepted\`, \`error\`, \`subscribed\`; or of a channel.
\`{"type":"view","portfolioId":"…"}\` makes the frames those of another portfolio of the user, of \`all\`, or again of \`default\`.
\`{"type":"subscribe","channels":["watchlist"]}\` asks for what the user watches and its prices: \`watchlist\`, \`price\`;
\`balances\` for each change of what is in the portfolios: \`balance\`, \`resync\`.
To stay connected send \`{"type":"refresh","accessToken":"…"}\` before the token runs out.
Close codes, and what to do then: ${codes.join('; ')}. All of it for programs: \`/asyncapi.json\`.`;
