import { useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { EventDetails } from '../../../../src/console/api/types.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { get } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { Advice } from '../../ui/advice.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { EventJson } from '../../ui/event-json.tsx';
import { Json } from '../../ui/json.tsx';
import { useKeys } from '../../ui/keys.ts';
import { Loading } from '../../ui/loading.tsx';
import { LongText } from '../../ui/long-text.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import { State } from '../../ui/state.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { addressOf as objectAddress } from '../objects/object-address.ts';
import css from './event.module.css';
import { Facts } from './facts.tsx';
import { Handlers } from './handlers.tsx';
import { Neighbours } from './neighbours.tsx';
import { Replay } from './replay.tsx';

/** One event: what it says, how it came, what became of it. */
export default function Event() {
  const { id = '' } = useParams();
  const account = useSearchParams()[0].get('account') ?? undefined;
  const { readOnly } = useSession();
  const [replaying, setReplaying] = useState(false);
  const asked = useQuery({
    queryKey: ['live', 'event', id, account],
    queryFn: ({ signal }) => get<EventDetails>(`events/${encodeURIComponent(id)}`, { account }, signal),
  });
  const details = asked.data;
  const canReplay = !readOnly && details !== undefined && details.matching.length > 0 && details.event.valid === true;
  useKeys({ r: () => canReplay && setReplaying(true) });
  if (failed(asked))
    return (
      <Problem error={asked.error} again={() => void asked.refetch()} instead={{ to: '/events', name: 'All events' }} />
    );
  if (!details) return <Loading />;
  const { event, neighbours, about, matching } = details;
  return (
    <Page
      title={event.type}
      about={
        <span className="row">
          <State state={event.state} />
          <code>{event.id}</code>
          <CopyButton bare label="Copy the id" text={event.id} />
          {event.reason && <span>{event.reason}</span>}
        </span>
      }
      actions={
        <Button
          look="primary"
          disabled={!canReplay}
          title={
            readOnly
              ? 'This console is read-only.'
              : matching.length === 0
                ? 'No handler registered in this process is for this type.'
                : 'Let its handlers run again (r)'
          }
          onClick={() => setReplaying(true)}
        >
          <RotateCcw size={14} aria-hidden="true" /> Replay
        </Button>
      }
    >
      <div className={css['columns']}>
        <Payloads details={details} />
        <div className="stack">
          <Panel title="Handlers" bare>
            <Handlers event={event} matching={matching} />
          </Panel>
          <Panel title="How it came">
            <Facts event={event} />
          </Panel>
          {neighbours.length > 1 && (
            <Panel
              title="The same object"
              bare
              aside={<Link to={objectAddress(event.object, event.objectId, event.account)}>{event.objectId}</Link>}
            >
              <Neighbours events={neighbours} here={event.seq} />
            </Panel>
          )}
          {about && (
            <Panel title="What it means">
              <Advice about={about} />
            </Panel>
          )}
        </div>
      </div>
      {replaying && <Replay details={details} onClose={() => setReplaying(false)} />}
    </Page>
  );
}

function Payloads({ details: { event, payload, verified, about } }: { details: EventDetails }) {
  const parsed = useMemo(() => parse(payload), [payload]);
  const why = about?.advice.find((advice) => advice.do === 'handle')?.why;
  if (event.pruned)
    return (
      <Panel title="Payload">
        <p className="quiet">It is gone, by age: the retention keeps only that this event was here.</p>
      </Panel>
    );
  const tabs = [
    {
      id: 'payload',
      title: 'Payload',
      body: parsed ? (
        <EventJson event={parsed} {...(why !== undefined && { why })} />
      ) : (
        <p className="quiet">The body is no JSON object: see it as it came.</p>
      ),
    },
    ...(verified
      ? [{ id: 'verified', title: 'The API’s copy', body: <Json label="The API’s copy" value={parse(verified)} /> }]
      : []),
    { id: 'raw', title: 'As it came', body: <Raw text={payload} /> },
  ];
  return (
    <Panel>
      {event.redacted && <p className="quiet small">Masked before it was stored: {event.redacted.join(', ')}.</p>}
      <Tabs label="Payload" tabs={tabs} />
    </Panel>
  );
}

function Raw({ text }: { text: string }) {
  return (
    <pre className={css['raw']} tabIndex={0} role="region" aria-label="As it came">
      <LongText text={text} />
    </pre>
  );
}

function parse(text: string): (JsonObject & { type: string }) | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject & { type: string })
      : undefined;
  } catch {
    return undefined;
  }
}
