import { describe, expect, it } from 'vitest';
import { createLogger } from '../telemetry/telemetry.js';
import { createMemoryPubSub } from './memory.js';
import { pubSubContract } from './pubsub.contract.js';

pubSubContract('memory', async () => {
  const pubsub = createMemoryPubSub();
  return { pubsub, end: () => pubsub.close() };
});

describe('memory pub/sub', () => {
  it('forgets the key written longest ago when full', async () => {
    const pubsub = createMemoryPubSub({ maxRetained: 2 });
    for (const key of ['a', 'b', 'a', 'c']) pubsub.retain({ key, text: key });
    expect(await pubsub.read(['a', 'b', 'c'])).toEqual(['a', undefined, 'c']);
  });

  it('drops the newest messages of a burst past its bound, says so once, and goes on', async () => {
    const lines: string[] = [];
    const pubsub = createMemoryPubSub({
      maxWaiting: 3,
      log: createLogger('test', 'info', (line) => void lines.push(line)),
    });
    const seen: string[] = [];
    await pubsub.subscribe(['a'], { message: (_channel, text) => void seen.push(text) });
    for (const text of ['1', '2', '3', '4', '5']) pubsub.publish('a', text);
    await Promise.resolve();
    pubsub.publish('a', '6');
    await Promise.resolve();
    expect(seen).toEqual(['1', '2', '3', '6']);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the newest are dropped');
  });

  it('logs a listener that throws', async () => {
    const lines: string[] = [];
    const pubsub = createMemoryPubSub({ log: createLogger('test', 'info', (line) => void lines.push(line)) });
    await pubsub.subscribe(['a'], {
      message: () => {
        throw new Error('broken');
      },
    });
    pubsub.publish('a', '1');
    await Promise.resolve();
    expect(lines.join('')).toContain('a pub/sub listener failed');
  });

  it('lets a listener publish: delivered after what was published before it', async () => {
    const pubsub = createMemoryPubSub();
    const seen: string[] = [];
    await pubsub.subscribe(['a', 'b'], {
      message: (channel, text) => {
        seen.push(channel + text);
        if (channel === 'a') pubsub.publish('b', text);
      },
    });
    pubsub.publish('a', '1');
    pubsub.publish('a', '2');
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toEqual(['a1', 'a2', 'b1', 'b2']);
  });
});
