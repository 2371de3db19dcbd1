import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { Link } from 'react-router';
import type { CatalogEntry } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { Advice } from '../../ui/advice.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { EventJson } from '../../ui/event-json.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loading } from '../../ui/loading.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import css from './catalogue.module.css';

const FIDELITY: Record<CatalogEntry['example']['fidelity'], string> = {
  behaviour: 'every field is what a run of the local Stripe made of it',
  schema: 'completed from the declared shape of its object',
  era: 'written down from the API of its time',
};

/** One event type: what it means, where it occurs, a full example. */
export function Entry({ type, onClose }: { type: string; onClose: () => void }) {
  const asked = useQuery({
    queryKey: ['catalog', type],
    queryFn: ({ signal }) => get<CatalogEntry>(`catalog/${encodeURIComponent(type)}`, {}, signal),
    staleTime: Infinity,
  });
  return (
    <div className={css['detail']} role="region" aria-label={type} tabIndex={0}>
      {failed(asked) ? (
        <Problem
          error={asked.error}
          again={() => void asked.refetch()}
          instead={{ to: '/catalogue?kind=all', name: 'All event types' }}
        />
      ) : asked.data ? (
        <Shown type={type} onClose={onClose} entry={asked.data} />
      ) : (
        <Loading what="Making an example" />
      )}
    </div>
  );
}

function Shown({ type, onClose, entry }: { type: string; onClose: () => void; entry: CatalogEntry }) {
  const { about, subject, payload, lastEra, replacement, twin, firstSeen, example, scenarios } = entry;
  const facts: [string, React.ReactNode][] = [
    ['Carries', subject.length ? <code>{subject.join(', ')}</code> : 'no object'],
    ['Payload', payload === 'thin' ? 'thin: a link, to be fetched' : 'the object itself'],
    ...(lastEra ? ([['Sent until', lastEra]] as [string, string][]) : []),
    ...(replacement.length
      ? ([['Use instead', <Types key="r" types={replacement} />]] as [string, React.ReactNode][])
      : []),
    ...(twin ? ([['The other form', <Types key="t" types={[twin]} />]] as [string, React.ReactNode][]) : []),
    ...(firstSeen ? ([['Known to the SDK', `since ${firstSeen.sdk} at the latest`]] as [string, string][]) : []),
    ['Example', `${example.by ? `from ${example.by}: ` : ''}${FIDELITY[example.fidelity]}`],
  ];
  const command = `npx paybell trigger ${type}`;
  return (
    <div className="stack">
      <div className="row">
        <h2 className="mono grow">{type}</h2>
        <Button look="bare" small aria-label="Close" onClick={onClose}>
          <X size={15} aria-hidden="true" />
        </Button>
      </div>
      <Advice about={about} here />
      <Facts facts={facts} />
      {scenarios.length > 0 && (
        <div>
          <h3>Occurs in</h3>
          <ul>
            {[...Map.groupBy(scenarios, ({ id }) => id)].map(([id, times]) => (
              <li key={id}>
                <Link to={`/scenarios/${id}?path=${times[0]!.path}`}>{times[0]!.title}</Link>{' '}
                <span className="quiet small">{[...new Set(times.map(({ path }) => path))].join(', ')}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="row">
        <code>{command}</code>
        <CopyButton bare label="Copy the command" text={command} />
      </div>
      <EventJson event={example.event as CatalogEntry['example']['event'] & { type: string }} />
    </div>
  );
}

function Types({ types }: { types: readonly string[] }) {
  return (
    <span className="row">
      {types.map((type) => (
        <Link key={type} to={`/catalogue/${type}?kind=all`} className="mono">
          {type}
        </Link>
      ))}
    </span>
  );
}
