import type { EventLog } from './event-log.js';

export interface RoutedEventLogOptions {
  /** Where a topic lies that is not among those of `others`. */
  readonly eventLog: EventLog;
  /** Topics that lie elsewhere. */
  readonly others: Readonly<Record<string, EventLog>>;
}

/** One event log that is several, by topic. Closes them all. */
export const createRoutedEventLog = ({ eventLog, others }: RoutedEventLogOptions): EventLog => {
  const logOf = (topic: string): EventLog => others[topic] ?? eventLog;
  const all = new Set([eventLog, ...Object.values(others)]);
  return {
    publish: (topic, message) => logOf(topic).publish(topic, message),
    append: (topic, messages) => logOf(topic).append(topic, messages),
    consume: (topic, options, handler) => logOf(topic).consume(topic, options, handler),
    offsets: (topic, group) => logOf(topic).offsets(topic, group),
    offsetsAt: (topic, timeMs) => logOf(topic).offsetsAt(topic, timeMs),
    join: (topic, group, member) => logOf(topic).join(topic, group, member),
    check: async () => {
      const problems = await Promise.all([...all].map((one) => one.check()));
      return problems.find((problem) => problem !== undefined);
    },
    close: async (until) => {
      await Promise.all([...all].map((one) => one.close(until)));
    },
  };
};
