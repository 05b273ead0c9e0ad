export { fitsDecimal64 } from './decimal64.js';
export { clickHouseFault } from './error.js';
export { givenUpBy } from './given-up.js';
export { runClickHouseMigrations } from './migrations.js';
export {
  type ClickHouse,
  maxInsertRows,
  type Params,
  type StatementOptions,
  type Value,
} from './port.js';
export { applyRetention } from './retention.js';
export { clickHouseLogin, clickHouseSettings } from './settings.js';
export { tabSeparated } from './tab-separated.js';
