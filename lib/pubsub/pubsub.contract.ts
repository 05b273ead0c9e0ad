import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors/errors.js';
import { becomes } from '../kit/becomes.js';
import type { PubSub } from './pubsub.js';

/** A pub/sub under test; `end` closes it and whatever stands behind it. */
export interface OpenedPubSub {
  readonly pubsub: PubSub;
  end(): Promise<void>;
}

/** Waits until `read` satisfies the expectation, at most 5 s: real servers answer when they please. */

/** What every pub/sub must do, whatever carries it. */
export const pubSubContract = (name: string, open: () => Promise<OpenedPubSub>): void => {
  describe(`pub/sub contract: ${name}`, () => {
    let opened: OpenedPubSub;
    let pubsub: PubSub;
    let unique = 0;
    /** Channels and keys of one test never meet those of another. */
    const named = (text: string) => `${text}-${unique}`;
    const recorder = () => {
      const seen: [string, string][] = [];
      return { seen, listener: { message: (channel: string, text: string) => void seen.push([channel, text]) } };
    };

    beforeEach(async () => {
      unique++;
      opened = await open();
      pubsub = opened.pubsub;
    });
    afterEach(() => opened.end());

    it('delivers to a channel in publishing order', async () => {
      const { seen, listener } = recorder();
      await pubsub.subscribe([named('a')], listener);
      const expected = Array.from({ length: 2_000 }, (_, i) => [named('a'), String(i)]);
      for (let i = 0; i < 2_000; i++) pubsub.publish(named('a'), String(i));
      await becomes(() => seen.length, expected.length);
      expect(seen).toEqual(expected);
    });

    it('never calls a listener inside the call that publishes', async () => {
      const { seen, listener } = recorder();
      await pubsub.subscribe([named('a')], listener);
      pubsub.publish(named('a'), 'x');
      expect(seen).toEqual([]);
      await becomes(() => seen, [[named('a'), 'x']]);
    });

    it('is silent on channels nobody asked for', async () => {
      const { seen, listener } = recorder();
      await pubsub.subscribe([named('a')], listener);
      pubsub.publish(named('b'), 'not for us');
      pubsub.publish(named('a'), 'for us');
      await becomes(() => seen, [[named('a'), 'for us']]);
    });

    it('serves two subscribers of a channel, and the leaving of one leaves the other', async () => {
      const first = recorder();
      const second = recorder();
      const leaving = await pubsub.subscribe([named('a'), named('b')], first.listener);
      await pubsub.subscribe([named('a')], second.listener);
      pubsub.publish(named('a'), '1');
      await becomes(() => [first.seen, second.seen], [[[named('a'), '1']], [[named('a'), '1']]]);
      await leaving.close();
      pubsub.publish(named('a'), '2');
      await becomes(() => second.seen.length, 2);
      expect(first.seen).toHaveLength(1);
    });

    it('adds and removes channels of a living subscription, each twice without harm', async () => {
      const { seen, listener } = recorder();
      const subscription = await pubsub.subscribe([], listener);
      await subscription.add([named('a'), named('b')]);
      await subscription.add([named('a')]);
      pubsub.publish(named('a'), '1');
      pubsub.publish(named('b'), '2');
      await becomes(() => seen.map(([, text]) => text), ['1', '2']);
      await subscription.remove([named('a')]);
      await subscription.remove([named('a'), named('never followed')]);
      pubsub.publish(named('a'), '3');
      pubsub.publish(named('b'), '4');
      await becomes(() => seen.map(([, text]) => text), ['1', '2', '4']);
      await subscription.add([named('a')]);
      pubsub.publish(named('a'), '5');
      await becomes(() => seen.map(([, text]) => text), ['1', '2', '4', '5']);
    });

    it('keeps silent after a subscription was closed, also when it is closed or changed again', async () => {
      const { seen, listener } = recorder();
      const witness = recorder();
      const subscription = await pubsub.subscribe([named('a')], listener);
      await pubsub.subscribe([named('a'), named('b')], witness.listener);
      await subscription.close();
      await subscription.close();
      await subscription.add([named('b')]);
      await subscription.remove([named('a')]);
      pubsub.publish(named('a'), '1');
      pubsub.publish(named('b'), '2');
      await becomes(() => witness.seen.length, 2);
      expect(seen).toEqual([]);
    });

    it('follows a fast add, remove, add to where it ended', async () => {
      const { seen, listener } = recorder();
      const subscription = await pubsub.subscribe([named('a')], listener);
      await Promise.all([
        subscription.remove([named('a')]),
        subscription.add([named('a')]),
        subscription.remove([named('a')]),
        subscription.add([named('a')]),
      ]);
      pubsub.publish(named('a'), 'x');
      await becomes(() => seen, [[named('a'), 'x']]);
    });

    it('keeps what is retained with a message before the message arrives', async () => {
      const found: Promise<(string | undefined)[]>[] = [];
      await pubsub.subscribe([named('a')], { message: () => void found.push(pubsub.read([named('key')])) });
      pubsub.publish(named('a'), 'message', { key: named('key'), text: 'retained' });
      await becomes(() => found.length, 1);
      expect(await found[0]).toEqual(['retained']);
    });

    it('reads retained texts in the order asked, undefined where there is none, the latest of each', async () => {
      pubsub.retain({ key: named('k1'), text: 'old' });
      pubsub.retain({ key: named('k2'), text: 'two' });
      pubsub.retain({ key: named('k1'), text: 'new' });
      await becomes(() => pubsub.read([named('k2')]), ['two']);
      expect(await pubsub.read([named('k2'), named('none'), named('k1'), named('k2')])).toEqual([
        'two',
        undefined,
        'new',
        'two',
      ]);
      expect(await pubsub.read([])).toEqual([]);
    });

    it('survives a listener that throws, for the others and for itself', async () => {
      const { seen, listener } = recorder();
      let calls = 0;
      await pubsub.subscribe([named('a')], {
        message: () => {
          calls++;
          throw new Error('broken listener');
        },
      });
      await pubsub.subscribe([named('a')], listener);
      pubsub.publish(named('a'), '1');
      pubsub.publish(named('a'), '2');
      await becomes(() => seen.map(([, text]) => text), ['1', '2']);
      await becomes(() => calls, 2);
    });

    it('carries 500 channels at once, and any text', async () => {
      const { seen, listener } = recorder();
      const channels = Array.from({ length: 500 }, (_, i) => named(`c${i}`));
      await pubsub.subscribe(channels, listener);
      for (const channel of channels) pubsub.publish(channel, `{"of":"${channel}","text":"äöü\\n€ \u0000 🙂"}`);
      await becomes(() => seen.length, 500);
      expect(seen).toEqual(channels.map((channel) => [channel, `{"of":"${channel}","text":"äöü\\n€ \u0000 🙂"}`]));
    });

    it('is well while open; closed it publishes silently and refuses the rest as unavailable', async () => {
      const { seen, listener } = recorder();
      const subscription = await pubsub.subscribe([named('a')], listener);
      expect(await pubsub.check()).toBeUndefined();
      await pubsub.close();
      await pubsub.close();
      pubsub.publish(named('a'), 'x', { key: named('k'), text: 'x' });
      pubsub.retain({ key: named('k'), text: 'x' });
      const unavailable = expect.objectContaining({ constructor: AppError, code: 'unavailable' });
      await expect(pubsub.read([named('k')])).rejects.toEqual(unavailable);
      await expect(pubsub.subscribe([named('a')], listener)).rejects.toEqual(unavailable);
      await subscription.remove([named('a')]);
      await subscription.close();
      expect(await pubsub.check()).toEqual(expect.any(String));
      expect(seen).toEqual([]);
    });
  });
};
