// Tells a Telegram chat when a portfolio crosses a total, up or down:
//   TELEGRAM_TOKEN=… TELEGRAM_CHAT=… node examples/dist/telegram-alert.js 100000 [http://localhost:8080] [name] [password]
// The token is what @BotFather gives for a bot, the chat a number that the bot was written to from.
import { tickfolio } from '@tickfolio/client';
import { Decimal } from 'decimal.js';
import { WebSocket } from 'ws';

const [limit, url = 'http://localhost:8080', name = 'alice', password = 'correct horse battery'] =
  process.argv.slice(2);
const { TELEGRAM_TOKEN: token, TELEGRAM_CHAT: chat, TELEGRAM_URL: telegram = 'https://api.telegram.org' } = process.env;
if (!limit || !token || !chat) throw new Error('Say the total to tell of, TELEGRAM_TOKEN and TELEGRAM_CHAT.');

const send = async (text: string) => {
  const answer = await fetch(`${telegram}/bot${token}/sendMessage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: chat, text }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`Telegram answered ${answer.status}: ${await answer.text()}`);
};

const t = tickfolio({ url, WebSocket });
await t.signIn(name, password);
/** Undefined before the first frame: nobody is told of where it stands already. */
let wasAbove: boolean | undefined;
for await (const { TotalValue, Coins } of t.portfolio.live()) {
  if (Coins.some(({ Total }) => Total === null)) continue; // Without a price it would look as if it had fallen.
  const isAbove = new Decimal(TotalValue).gte(limit);
  if (wasAbove === undefined) console.log(`${name}'s portfolio stands at ${TotalValue} USDT`);
  try {
    if (wasAbove !== undefined && isAbove !== wasAbove)
      await send(`${name}'s portfolio ${isAbove ? 'rose above' : 'fell below'} ${limit} USDT: ${TotalValue}`);
    wasAbove = isAbove;
  } catch (err) {
    console.error(`not told yet: ${err}`); // The next frame tries again.
  }
}
