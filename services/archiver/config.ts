import { clickHouseSettings } from '@tickfolio/lib/clickhouse';
import { addressList, addressOrOff, duration, environment, integer, logLevel, z } from '@tickfolio/lib/config';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';

/** A name of the IANA time zone database. */
const timeZone = () =>
  z.string().refine((name) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
    } catch {
      return false;
    }
  }, 'must be a time zone such as Europe/Berlin or UTC');

/**
 * ClickHouse counts the end of a row's time as DateTime, which comes round in 2106: a longer one would end all rows at
 * once.
 */
const maxRetentionDays = 10_000;

/** What of it holds wherever the archiver runs. */
const archiveSettings = () => ({
  KAFKA_TOPIC: z
    .string()
    .regex(
      /^(?!\.{1,2}$)[\w.-]{1,240}$/,
      'must be a topic name: 1 to 240 letters A to Z, digits, ".", "_" and "-", and neither "." nor ".." alone',
    )
    .default(miniTickers.name)
    .describe('The topic of the mini-tickers.'),
  KAFKA_GROUP_ID: z.string().min(1).default('clickhouse-consumer-group').describe("The archivers' consumer group."),
  BATCH_SIZE: integer(100, 1, 100_000).describe('Rows at which a batch goes to ClickHouse at once.'),
  BATCH_MAX: integer(10_000, 1, 100_000).describe('The most rows of one insert, however long the backlog.'),
  BATCH_TIMEOUT: duration('10s').describe('A smaller batch goes after this time.'),
  RETENTION: z
    .string()
    .default('off')
    .transform((text, ctx): number | undefined => {
      const match = /^(\d{1,5})d$/.exec(text);
      const days = Number(match?.[1] ?? 0);
      if (text !== 'off' && (days === 0 || days > maxRetentionDays)) {
        ctx.addIssue({
          code: 'custom',
          message: `must be whole days from 1d to ${maxRetentionDays}d, or off, not "${text}"`,
        });
      }
      return match ? Number(match[1]) : undefined;
    })
    .meta({ kind: `whole days such as \`90d\`, at most \`${maxRetentionDays}d\`, or \`off\`` })
    .describe(
      'How long rows are kept; `off`: for ever. Candles of a minute and an hour are always kept. When it is made longer, the archive notes what may be gone already.',
    ),
  AUDIT_INTERVAL: duration('1m').describe(
    "How often Kafka's offsets are compared with the rows. The dashboard and `AuditOld` call it overdue after twice as long, at the soonest after 5 and 10 minutes.",
  ),
  ARCHIVE_WRITTEN_IN: timeZone()
    .optional()
    .meta({ kind: 'time zone such as `Europe/Berlin`' })
    .describe(
      "The zone in which versions before 0.1.0 wrote the archive; read once, when its times are corrected. Unset: the zone of ClickHouse's host.",
    ),
});

/**
 * What the archiver reads from the environment.
 * @param env decides, by its `ENV`, whether an example value will do as a password
 */
export const archiverConfig = (env: NodeJS.ProcessEnv = {}) =>
  z.object({
    ENV: environment(),
    LOG_LEVEL: logLevel(),
    KAFKA_BROKERS: addressList().describe('Kafka.'),
    ...clickHouseSettings(env),
    ...archiveSettings(),
    METRICS_ADDR: addressOrOff(':9466').describe('Where `/health`, `/ready` and `/metrics` are served.'),
  });

/** The same for `npm run audit`, which only reads. */
export const auditConfig = () =>
  z.object({
    LOG_LEVEL: logLevel().default('error'),
    KAFKA_BROKERS: addressList(),
    KAFKA_TOPIC: archiveSettings().KAFKA_TOPIC,
    KAFKA_GROUP_ID: archiveSettings().KAFKA_GROUP_ID,
    RETENTION: archiveSettings().RETENTION,
    ...clickHouseSettings({ ENV: 'local' }),
  });

type ArchiveSettings = z.output<
  z.ZodObject<
    Pick<ReturnType<typeof clickHouseSettings>, 'CLICKHOUSE_DATABASE' | 'CLICKHOUSE_TABLE'> &
      ReturnType<typeof archiveSettings>
  >
>;

/** What of the settings the archiver itself takes; the rest is for the adapters. */
export const archiverOptions = (config: ArchiveSettings) => ({
  database: config.CLICKHOUSE_DATABASE,
  table: config.CLICKHOUSE_TABLE,
  topic: config.KAFKA_TOPIC,
  group: config.KAFKA_GROUP_ID,
  batch: {
    minMessages: config.BATCH_SIZE,
    maxMessages: Math.max(config.BATCH_SIZE, config.BATCH_MAX),
    maxWaitMs: config.BATCH_TIMEOUT,
  },
  retentionDays: config.RETENTION,
  auditIntervalMs: config.AUDIT_INTERVAL,
  writtenIn: config.ARCHIVE_WRITTEN_IN,
});
