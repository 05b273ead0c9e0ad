export { serveOperations } from './operations-port.js';
export { runService } from './run-service.js';
export { closingOnce, type RunningService } from './running.js';
export { serveHttp } from './serve-http.js';
export { watchDependency } from './watched.js';
