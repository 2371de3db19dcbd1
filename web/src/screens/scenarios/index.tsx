import { useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { ScenarioList } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { Empty } from '../../ui/empty.tsx';
import { useKeys } from '../../ui/keys.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import { moveFocus } from '../../ui/move-focus.ts';
import css from './list.module.css';

type Scenario = ScenarioList['groups'][number]['scenarios'][number];

/** Everything that happens to those who take money, and what Stripe tells of it. */
export default function Scenarios() {
  const [sought, setSought] = useState('');
  const search = useRef<HTMLInputElement>(null);
  useKeys({
    '/': () => search.current?.focus(),
    j: () => moveFocus('[data-card]', 1),
    k: () => moveFocus('[data-card]', -1),
  });
  const asked = useQuery({
    queryKey: ['scenarios'],
    queryFn: () => get<ScenarioList>('scenarios'),
    staleTime: Infinity,
  });
  const groups = useMemo(() => narrowed(asked.data, sought), [asked.data, sought]);
  if (failed(asked)) return <Problem error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return (
    <Page
      title="What fires when"
      about="Choose what happens to your customer: every event that Stripe sends for it, in order, with its full payload, from a run of the local Stripe."
    >
      <input
        ref={search}
        type="search"
        className={css['search']}
        aria-label="Search scenarios and event types"
        placeholder="Search: refund, invoice.paid, trial …"
        value={sought}
        onChange={(event) => setSought(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') document.querySelector<HTMLElement>('[data-card]')?.focus();
        }}
      />
      {groups.length === 0 && (
        <Empty title="No scenario is like that">
          Look for the event itself in the <Link to="/catalogue">catalogue</Link>.
        </Empty>
      )}
      {groups.map(({ name, scenarios }) => (
        <section key={name}>
          <h2>{name}</h2>
          <ul className={css['grid']}>
            {scenarios.map((scenario) => (
              <li key={scenario.id}>
                <Card scenario={scenario} sought={sought} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Page>
  );
}

function Card({ scenario: { id, number, title, story, types }, sought }: { scenario: Scenario; sought: string }) {
  const found = sought.includes('.') ? types.filter((type) => type.includes(sought.trim())).slice(0, 2) : [];
  return (
    <Link to={`/scenarios/${id}`} className={css['card']!} data-card>
      <span className={css['number']}>{number ?? <Play size={13} aria-hidden="true" />}</span>
      <strong>{title}</strong>
      <span className={css['story']}>{story}</span>
      {found.length > 0 && <span className={css['found']}>{found.join(', ')}</span>}
    </Link>
  );
}

function narrowed(list: ScenarioList | undefined, sought: string): ScenarioList['groups'] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ id, title, story, types }: Scenario) => {
    const text = `${id} ${title} ${story} ${types.join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return (list?.groups ?? [])
    .map(({ name, scenarios }) => ({ name, scenarios: scenarios.filter(fits) }))
    .filter(({ scenarios }) => scenarios.length > 0);
}
