export { createActivity, type Activity } from './activity.ts';
export { createLatencies, type Latencies } from './latencies.ts';
export { createConsole, type Console, type ConsoleOptions, type LocalStripe } from './serve-console.ts';
