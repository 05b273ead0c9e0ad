export { runAuditCommand } from './audit-command.js';
export { createTally, type Findings, type FindingsOf, isRight, type Tally } from './findings.js';
export { createTallyGauges } from './tally-gauges.js';
