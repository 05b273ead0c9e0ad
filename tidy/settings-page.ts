import { auditConfig } from '@tickfolio/archiver/config';
import { exchangeSimSchema, variables as exchangeSimVariables } from '@tickfolio/exchange-sim/config';
import { serviceNames, services } from '@tickfolio/services/registry';
import { standaloneConfig } from '@tickfolio/standalone/config';
import { configuredNames, serviceConfigs } from './service-configs.js';
import { type Setting, settingsOf } from './setting.js';

const simulator = (): Setting[] => {
  const options = settingsOf(exchangeSimSchema.shape);
  return Object.entries(exchangeSimVariables).flatMap(([name, option]) =>
    options.filter((setting) => setting.name === option).map((setting) => ({ ...setting, name })),
  );
};

/** Read by hand, before or beside a schema. */
const tracing: readonly Setting[] = [
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    words:
      'The collector that traces go to, over OTLP/HTTP. Unset: no traces. The other standard `OTEL_*` variables hold too.',
    kind: 'URL',
    fallback: 'none',
  },
  {
    name: 'TRACE_HOT_PATH_RATIO',
    words: 'The share of prices and tickers that begin a trace of their own.',
    kind: 'number, 0 to 1',
    fallback: '`0.001`',
  },
];
const backup: readonly Setting[] = [
  { name: 'DATA_DIR', words: '', kind: 'text', fallback: '`./data`' },
  {
    name: 'BACKUP',
    words:
      'The folder of the backup: for `make backup` where it is made, for `make restore` the one to restore (required there).',
    kind: 'path of a folder',
    fallback: '`./backups/<time>`',
  },
];

const run = 'make run';
const ofServices: readonly (readonly [string, readonly Setting[]])[] = [
  ...configuredNames.map((name) => [name, [...settingsOf(serviceConfigs[name]({}).shape), ...tracing]] as const),
  ['exchange-sim', simulator()],
];
const readers: readonly (readonly [string, readonly Setting[]])[] = [
  ...ofServices,
  ['make audit', settingsOf(auditConfig().shape)],
  ['make backup', backup],
  [run, [...settingsOf(standaloneConfig({}).shape), ...tracing]],
];

interface Reading extends Setting {
  readonly reader: string;
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts.filter(Boolean))];

/** What is told of a variable: one text where all readers agree, else each with who it is for. */
const apart = (readings: readonly Reading[], of: (reading: Reading) => string): string => {
  const texts = unique(readings.map(of));
  if (texts.length <= 1) return texts[0] ?? '';
  return texts
    .map((text) => {
      const names = readings.filter((reading) => of(reading) === text).map(({ reader }) => reader);
      return `${text} (${names.join(', ')})`;
    })
    .join('; ');
};

/** What most readers say of it, then what others add. */
const wordsOf = (readings: readonly Reading[]): string => {
  const readersOf = (text: string) => readings.filter(({ words }) => words === text).map(({ reader }) => reader);
  const [common = '', ...others] = unique(readings.map(({ words }) => words)).sort(
    (a, b) => readersOf(b).length - readersOf(a).length,
  );
  return [
    common,
    ...others.map(
      (text) =>
        `${readersOf(text)
          .map((name) => `\`${name}\``)
          .join(', ')}: ${text}`,
    ),
  ].join(' ');
};

const row = (name: string, readings: readonly Reading[]): string => {
  const words = wordsOf(readings);
  if (words === '') throw new Error(`${name} has no words: say with .describe(…) in its schema what it means`);
  const kind = apart(readings, (reading) => reading.kind);
  const fallback = apart(readings, (reading) => reading.fallback);
  const cells = [`\`${name}\``, words, kind, fallback, readings.map(({ reader }) => reader).join(', ')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
};

const intro = `# Settings

<!-- Generated from the services' schemas (config.ts of each): run "make docs". -->

Every setting is an environment variable; an empty one counts as not set. At its start a process names everything that is missing or wrong,
all at once, and does not start. A duration is a whole number with its unit: \`250ms\`, \`10s\`, \`15m\`, \`168h\`, \`7d\`.

\`make run\` reads every setting of its services, by the same names and with the same meaning, and needs none of them; where it differs,
that is said. Services that run on their own never fall back to embedded stores or to simulated prices.

In containers the same settings stand in \`.env\` ([.env.example](../.env.example) explains them, and the variables of compose's ports).
The simulator has more options: \`npm run exchange-sim -- --help\`. What a proxy in front of the bff needs: [behind a proxy](operate/proxies.md).
`;

/** What the registry has of a service, linked to its README; what else reads settings is there by its name alone. */
const who = (reader: string): string => {
  const name = serviceNames.find((one) => one === reader);
  if (name === undefined) return `${reader} | | `;
  const { folder, words, needs, calls } = services[name];
  const partners = unique(
    [...calls.map(({ to }) => to), ...needs].map((one) => (one === 'exchange' ? 'the exchange' : one)),
  );
  return `[${name}](../${folder}/README.md) | ${words} | ${partners.join(', ') || 'nothing'}`;
};

/** docs/settings.md. @throws Error naming a variable that nothing is said of */
export const settingsPage = (): string => {
  const readings = readers.flatMap(([reader, settings]) =>
    settings.map((setting): Reading => ({ ...setting, reader })),
  );
  const names = unique(readings.map(({ name }) => name)).sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const required = readers
    .filter(([reader]) => reader !== run)
    .map(([reader, settings]) => {
      const must = settings.filter(({ fallback }) => fallback === 'required').map(({ name }) => `\`${name}\``);
      return `| ${who(reader)} | ${must.join(', ') || 'nothing'} |`;
    });
  return [
    intro,
    '## Who reads them, and what must be set',
    '',
    '| who | what it is | needs | must be set |',
    '|---|---|---|---|',
    ...required,
    '',
    '## All settings',
    '',
    '| variable | what it means | values | default | read by |',
    '|---|---|---|---|---|',
    ...names.map((name) =>
      row(
        name,
        readings.filter((reading) => reading.name === name),
      ),
    ),
    '',
  ].join('\n');
};
