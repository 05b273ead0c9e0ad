export { listen } from './listen.js';
export { addOperations, type Dependency, type Operations } from './operations.js';
export { frameworkErrors, type Problem, problemOf, setProblemHandlers } from './problem.js';
