import { randomUUID } from 'node:crypto';
import type { EventMessage } from '@tickfolio/lib/event-log';
import { userEvents } from '@tickfolio/lib/events/user-events';
import type { ListEvents } from '@tickfolio/lib/outbox';

/** What auth tells of accounts, as a test says it: to whoever reads the log, and to who asks for it. */
export const createFakeAccounts = (nowMs: () => number) => {
  const told: { readonly stream: string; readonly version: number; readonly text: string }[] = [];
  const tell = (userId: string, type: 'user.created' | 'user.deleted'): EventMessage => {
    const stream = `user:${userId}`;
    const version = told.filter((one) => one.stream === stream).length + 1;
    const data = type === 'user.created' ? { id: userId, name: 'somebody' } : {};
    const about = { id: randomUUID(), source: 'auth', epoch: 1, time: new Date(nowMs()).toISOString() };
    const event = { ...about, userId, stream, version, type, data };
    const message = userEvents.messageOf(event as Parameters<typeof userEvents.messageOf>[0]);
    told.push({ stream, version, text: String(message.value) });
    return message;
  };
  const list: ListEvents = async (asked, limit) => {
    if ('afterSeq' in asked) {
      const page = told.slice(asked.afterSeq, asked.afterSeq + limit);
      return { events: page.map(({ text }) => text), next: asked.afterSeq + page.length };
    }
    const of = told.filter(({ stream }) => stream === asked.stream);
    const events = of.filter(({ version }) => version >= asked.fromVersion).slice(0, limit);
    const next = (events.at(-1)?.version ?? asked.fromVersion - 1) + 1;
    return { events: events.map(({ text }) => text), next, stream: { lastVersion: of.length, epoch: 1 } };
  };
  return { tell, list };
};
