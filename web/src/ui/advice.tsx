import { ExternalLink } from 'lucide-react';
import { Link } from 'react-router';
import type { EventAdvice } from '../../../src/console/api/types.ts';
import css from './advice.module.css';

/** `handle` or `ignore`, at a glance. */
export function Verdict({ verdict }: { verdict: 'handle' | 'ignore' }) {
  return <span className={`${css['verdict']} ${css[verdict]}`}>{verdict}</span>;
}

/** What an event of a type means, and what the scenarios say to do with it. */
export function Advice({
  about,
  here = false,
}: {
  about: EventAdvice;
  /** In the catalogue itself. */ here?: boolean;
}) {
  return (
    <div className={css['advice']}>
      <p>{about.description}</p>
      <ul>
        {about.advice.map(({ do: verdict, why, scenario, title }) => (
          <li key={`${verdict} ${why} ${scenario}`}>
            <Verdict verdict={verdict} />
            {why}{' '}
            <Link to={`/scenarios/${scenario}`} className="small">
              {title}
            </Link>
          </li>
        ))}
      </ul>
      <p className="row small">
        {!here && <Link to={`/catalogue/${about.type}`}>In the catalogue</Link>}
        <a href={about.docs} target="_blank" rel="noreferrer">
          Stripe’s documentation <ExternalLink size={12} aria-hidden="true" />
        </a>
      </p>
    </div>
  );
}
