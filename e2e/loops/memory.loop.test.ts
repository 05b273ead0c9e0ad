import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { expect, it } from 'vitest';
import { coldStartMs, startAllInOne } from '../kit/all-in-one.js';
import { signUp } from '../kit/client.js';

it('holds no more than 1.5 GB a minute after its start, with somebody in it', async () => {
  const folder = await temporaryFolder();
  const { base, process: run } = await startAllInOne(folder.path);
  try {
    await run.waitFor(/First live price after/, coldStartMs);
    const person = await signUp(base);
    for (const symbol of ['btcusdt', 'ethusdt', 'bnbusdt']) await person.addCoin(symbol, '1');
    const socket = await person.connect();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const metrics = await (await fetch(`${base}/metrics`)).text();
    const heldBytes = Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
    expect(heldBytes).toBeGreaterThan(0);
    expect(heldBytes).toBeLessThan(1.5e9);
    socket.close();
  } finally {
    expect(await run.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await folder.remove();
  }
});
