import { topics } from '@tickfolio/lib/events/domain-topics';
import { expect, it } from 'vitest';
import { eventsDocument } from './events-document.js';

const document = eventsDocument();

it('the document of the events names every message that it has', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) =>
    path.split('/'),
  );
  expect(references.length).toBeGreaterThan(30);
  const at = (path: readonly string[]) =>
    path.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], document);
  expect(references.filter((path) => at(path) === undefined)).toEqual([]);
});

it.each(Object.values(topics).map((topic) => [topic.name, topic] as const))(
  'shows of each event of %s one that its readers take',
  (_name, topic) => {
    const read = Object.keys(topic.types).map((type) => {
      const example = document.components.messages[type]?.examples[0]?.payload;
      return [type, topic.read({ value: Buffer.from(JSON.stringify(example)) })];
    });
    expect(read.length).toBeGreaterThan(3);
    for (const [type, found] of read) expect(found).toMatchObject({ kind: 'event', event: { type } });
  },
);

it('says of what keys and streams are made', () => {
  const { messages } = document.components;
  const made = ['user.created', 'user.erased', 'portfolio.updated', 'watchlist.added', 'balance.reserved'].map(
    (type) => [messages[type]?.bindings.kafka.key.description, messages[type]?.['x-stream']],
  );
  expect(made).toEqual([
    ['<userId>', 'user:<userId>'],
    ['<userId>', 'erasure:<userId>:<service>'],
    ['<userId>', 'portfolio:<portfolioId>'],
    ['<userId>', 'watchlist:<userId>'],
    ['<portfolioId>', 'balances:<portfolioId>'],
  ]);
});
