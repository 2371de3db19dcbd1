import { useMemo } from 'react';
import { Link } from 'react-router';
import { useLive } from '../../api/live.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { EventList, SearchList } from './event-list.tsx';
import { FilterBar } from './filter-bar.tsx';
import { isNarrow, queryOf, useFilter } from './filter.ts';

/** Everything that was received. */
export default function Events() {
  const [filter, change] = useFilter();
  const query = useMemo(() => queryOf(filter, Date.now()), [filter]);
  const refused = useLive().last?.counts.refused ?? 0;
  const key = JSON.stringify(query);
  return (
    <Page
      title="Events"
      full
      actions={
        <Link to="/refused" className={buttonClass()}>
          Refused deliveries{refused > 0 ? ` · ${refused.toLocaleString('en')}` : ''}
        </Link>
      }
    >
      <FilterBar filter={filter} change={change} />
      {filter.text ? (
        <SearchList key={key} query={query} />
      ) : (
        <EventList key={key} query={query} narrow={isNarrow(filter)} />
      )}
    </Page>
  );
}
