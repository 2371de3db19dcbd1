import { ExternalLink, X } from 'lucide-react';
import { Link } from 'react-router';
import type { ScenarioEvent } from '../../../../src/console/api/types.ts';
import { Verdict } from '../../ui/advice.tsx';
import { Button } from '../../ui/button.tsx';
import { EventJson } from '../../ui/event-json.tsx';
import { utc } from '../../ui/time.ts';
import css from './scenario.module.css';

type Props = { event: ScenarioEvent; conditions: readonly { id: string; what: string }[]; onClose: () => void };

/** One event of a scenario: what to do with it, and everything it says. */
export function Detail({ event: { event, do: verdict, why, if: condition, docs }, conditions, onClose }: Props) {
  const depends = conditions.find(({ id }) => id === condition);
  return (
    <aside className={css['detail']} aria-label={`The event ${event.type}`}>
      <div className="stack">
        <div className="row">
          <h2 className="mono grow">{event.type}</h2>
          <Button look="bare" small aria-label="Close" onClick={onClose}>
            <X size={15} aria-hidden="true" />
          </Button>
        </div>
        <p>
          <Verdict verdict={verdict} />
          {why}
        </p>
        {depends && <p className="small quiet">Only if: {depends.what}</p>}
        <p className="row small">
          <span className="quiet">{utc(event.created)}</span>
          <Link to={`/catalogue/${event.type}`}>In the catalogue</Link>
          <a href={docs} target="_blank" rel="noreferrer">
            Stripe’s documentation <ExternalLink size={12} aria-hidden="true" />
          </a>
        </p>
        <EventJson event={event} why={why} />
      </div>
    </aside>
  );
}
