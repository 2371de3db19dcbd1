import type { StoreCounts, StoredEvent } from '../store/store.ts';
import { EVENT_STATES } from '../store/store.ts';

/** What the status page shows. */
export type Status = {
  /** Name → address of everything that runs, the webhook path among it. */
  addresses: Record<string, string>;
  counts: StoreCounts;
  events: StoredEvent[];
};

/** A plain page about a receiver: where it is, what came last, how it stands. All text is escaped. */
export function statusPage({ addresses, counts, events }: Status): string {
  const rows = (cells: string[][]) =>
    cells.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`).join('\n');
  const states = EVENT_STATES.map((state) => [state, String(counts.events[state])]);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<title>Paybell</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
  h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; }
  td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); overflow-wrap: anywhere; }
  td:first-child { white-space: nowrap; } .numbers { width: auto; } p { opacity: .7; }
</style>
<h1>Paybell</h1>
<table>${rows(Object.entries(addresses))}</table>
<h2>States</h2>
<table class="numbers">${rows([...states, ['refused deliveries', String(counts.refused)], ['objects in the mirror', String(counts.objects)]])}</table>
<h2>Last events</h2>
${
  events.length
    ? `<table>${rows(events.map((event) => [new Date(event.receivedAt).toISOString().slice(11, 19), event.state, event.type, event.objectId, event.id]))}</table>`
    : '<p>None yet. Make a charge with your test key, or run <code>npx paybell scenarios run refund</code>.</p>'
}
<p>This page is all there is before <code>npm run build:web</code> has made the console.</p>
</html>
`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter]!);
