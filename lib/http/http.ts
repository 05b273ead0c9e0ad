export { traceRequests } from '../tracing/http.js';
export { endWithProblem } from './connection-fault.js';
export { type FetchTextOptions, fetchText, type TextAnswer } from './fetch-text.js';
export { listen } from './listen.js';
export { type MeasureOptions, measureRequests } from './measure.js';
export { addOperations, type Dependency, type Operations } from './operations.js';
export { frameworkErrors, type Problem, problemOf, setProblemHandlers } from './problem.js';
export { HttpRefusal } from './refusal.js';
export { createHttpServer, type HttpServerOptions } from './server.js';
