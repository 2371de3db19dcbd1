export { createLatencies, type Latencies } from './latencies.ts';
export { createConsole, type ConsoleOptions } from './serve-console.ts';
