import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import type { ObjectDetails } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { brief, Json } from '../../ui/json.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import { State } from '../../ui/state.tsx';
import { utc } from '../../ui/time.ts';
import { addressOf as eventAddress } from '../events/event-row.tsx';
import { addressOf } from './object-address.ts';
import css from './objects.module.css';

/** One object: what it is now, how it came to be so, and what it belongs with. */
export default function ObjectScreen() {
  const { object = '', id = '' } = useParams();
  const account = useSearchParams()[0].get('account') ?? undefined;
  const asked = useQuery({
    queryKey: ['live', 'object', object, id, account],
    queryFn: ({ signal }) => get<ObjectDetails>(`objects/${object}/${encodeURIComponent(id)}`, { account }, signal),
  });
  if (failed(asked))
    return (
      <Problem
        error={asked.error}
        again={() => void asked.refetch()}
        instead={{ to: `/objects/${object}`, name: 'All objects' }}
      />
    );
  if (!asked.data) return <Loading />;
  const { state, deleted, ambiguous, history, links } = asked.data;
  return (
    <Page
      title={id}
      about={
        <span className="row">
          <Link to={`/objects/${object}`}>{object}</Link>
          <CopyButton bare label="Copy the id" text={id} />
          {deleted && <strong>deleted</strong>}
          {ambiguous && <span>Its events do not say which of them came last; this is one of the possible ends.</span>}
        </span>
      }
    >
      <div className={css['two']}>
        <div className="stack">
          <Panel title="Now">
            <Json
              label={`${object} ${id}`}
              value={state}
              depth={2}
              actions={<CopyButton label="Copy JSON" text={() => JSON.stringify(state, null, 2)} />}
            />
          </Panel>
        </div>
        <div className="stack">
          {links.length > 0 && (
            <Panel title="Belongs with">
              <div className={css['links']}>
                {links.map((link) => (
                  <LinkLine
                    key={`${link.direction} ${link.field} ${link.id}`}
                    link={link}
                    account={asked.data.account}
                  />
                ))}
              </div>
            </Panel>
          )}
          <Panel title="How it came to be so" bare>
            {history.length === 0 && (
              <p className={`${css['step']} quiet`}>No event of it is stored: it was fetched from the API.</p>
            )}
            <ol className={css['history']}>
              {history.map(({ event, changes }) => (
                <li key={event.seq} className={css['step']}>
                  <div className="row">
                    <Link to={eventAddress(event)} className="mono">
                      {event.type}
                    </Link>
                    <State state={event.state} bare />
                  </div>
                  <p className="small quiet">{utc(event.created)}</p>
                  {changes.length > 0 && <Changes changes={changes} />}
                </li>
              ))}
            </ol>
          </Panel>
        </div>
      </div>
    </Page>
  );
}

type LinkProps = { link: ObjectDetails['links'][number]; account: string };

function LinkLine({ link: { field, object, id, direction }, account }: LinkProps) {
  return (
    <>
      <span className="quiet">{direction === 'to' ? field : `${object} (by ${field})`}</span>
      <Link to={addressOf(object, id, account)} className="mono">
        {id}
      </Link>
    </>
  );
}

const SHOWN = 12;

function Changes({ changes }: { changes: ObjectDetails['history'][number]['changes'] }) {
  return (
    <table className={css['changes']}>
      <thead className="said">
        <tr>
          <th>Field</th>
          <th>Before</th>
          <th>After</th>
        </tr>
      </thead>
      <tbody>
        {changes.slice(0, SHOWN).map(({ path, before, after }) => (
          <tr key={path}>
            <th scope="row" className={css['path']}>
              {path}
            </th>
            <td className={css['before']}>{brief(before)}</td>
            <td className={css['after']}>{brief(after)}</td>
          </tr>
        ))}
        {changes.length > SHOWN && (
          <tr>
            <td colSpan={3} className="quiet">
              and {changes.length - SHOWN} more
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
