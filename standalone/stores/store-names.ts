// What lies in the data folder.

/** Every database of a run, each by its name. */
export const allDatabases = 'databases';
/** Of the embedded event log among them. */
export const eventLogSchema = 'events_log';
/** Of the portfolio service among them; on a server too. */
export const portfolioSchema = 'portfolio_service';
/** Of the orders service. */
export const ordersSchema = 'order_service';
export const realArchive = 'clickhouse';
/** What is archived from an own simulator is kept apart: it must never pass for history. */
export const simulatedArchive = 'clickhouse-simulated';
/** Of the archive of a run, by whether its prices are its own simulator's. */
export const archiveName = (invented: boolean): string => (invented ? simulatedArchive : realArchive);
export const jwtSecretFile = 'jwt-secret';
