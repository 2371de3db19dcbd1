import { useQuery } from '@tanstack/react-query';
import { Link, NavLink, useParams } from 'react-router';
import type { ObjectTypes } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { Empty } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import css from './objects.module.css';
import { ObjectTable } from './object-table.tsx';

/** The mirror, by type. */
export default function Objects() {
  const { object } = useParams();
  const asked = useQuery({
    queryKey: ['live', 'object-types'],
    queryFn: ({ signal }) => get<ObjectTypes>('objects', {}, signal),
  });
  if (failed(asked)) return <Problem error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const { types } = asked.data;
  const shown = object === undefined ? types[0] : types.find((type) => type.object === object);
  return (
    <Page
      title="Objects"
      about={
        shown ? (
          <>
            What the events have told so far, as SQL shows it: <code>SELECT * FROM {shown.view}</code>
          </>
        ) : undefined
      }
    >
      {types.length === 0 ? (
        <Empty title="The mirror is empty">
          Every event that comes leaves its object here. Play a scenario on the cheat sheet.
        </Empty>
      ) : (
        <div className={css['columns']}>
          <nav className={css['types']} aria-label="Types of object">
            {types.map((type) => (
              <NavLink
                key={type.object}
                to={`/objects/${type.object}`}
                className={css['type']!}
                aria-current={type === shown ? 'page' : undefined}
              >
                <span className="cut">{type.object}</span>{' '}
                <span className="quiet">{type.count.toLocaleString('en')}</span>
              </NavLink>
            ))}
          </nav>
          {shown ? (
            <ObjectTable key={shown.object} object={shown.object} />
          ) : (
            <Empty title={`The mirror has no ${object}`}>
              Choose one of the types beside this, or look up <Link to="/catalogue?kind=all">which event</Link> brings
              it.
            </Empty>
          )}
        </div>
      )}
    </Page>
  );
}
