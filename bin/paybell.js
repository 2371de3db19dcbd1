#!/usr/bin/env node
// Plain JavaScript on purpose: it must start on any Node, so that it can find a new enough one.
// In a clone it runs the sources directly with the repository's own Node; in an installed package it runs `dist`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const source = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const inClone = existsSync(source);
const ownNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const entry = inClone ? source : fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const newEnough = inClone ? major >= 26 : major > 22 || (major === 22 && minor >= 13);

if (newEnough) {
  process.argv[1] = entry;
  // Before Node 24 its SQLite announces itself as experimental on every start; that is our choice, not the user's.
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) =>
    String(warning).startsWith('SQLite is an experimental') || emitWarning.call(process, warning, ...rest);
  await import(entry);
} else if (existsSync(ownNode)) {
  const child = spawn(ownNode, [entry, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0);
  });
} else {
  console.error(
    inClone
      ? 'paybell: run `npm ci` first: this clone brings its own Node 26, and it is not installed yet.'
      : `paybell: Node 22.13 or newer is needed; this is ${process.versions.node}.`,
  );
  process.exitCode = 1;
}
