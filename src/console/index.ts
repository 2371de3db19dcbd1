export { createConsole, type ConsoleOptions } from './serve-console.ts';
