export const webSocketPath = '/api/v1/ws';

export const webSocketDescription = `An upgrade to WebSocket. The token goes in the \`Authorization\` header or, for browsers, in the subprotocol
list: \`new WebSocket(url, ["bearer", accessToken])\`. The whole portfolio comes at once and whenever a price or the portfolio changes.
Messages with a \`Type\` are about the connection: \`token-expiring\`, \`token-accepted\`, \`error\`.
To stay connected send \`{"type":"refresh","accessToken":"…"}\` before the token runs out.
Close codes: 1001 reconnect, 1013 reconnect after a pause, 4401 sign in again, 4408 too slow, 4429 too many sockets or messages.`;
