import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Catalog } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { useKeys } from '../../ui/keys.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import { useParameters } from '../../ui/use-parameters.ts';
import css from './catalogue.module.css';
import { Entry } from './entry.tsx';
import { TypeList } from './type-list.tsx';

type EventType = Catalog['types'][number];

const KINDS: Record<string, { name: string; fits: (type: EventType) => boolean }> = {
  snapshot: { name: 'current', fits: ({ era, payload }) => era === 'current' && payload === 'snapshot' },
  thin: { name: 'thin', fits: ({ payload }) => payload === 'thin' },
  legacy: { name: 'legacy', fits: ({ era }) => era === 'legacy' },
  all: { name: 'all', fits: () => true },
};

/** Every event type there is or ever was. */
export default function Catalogue() {
  const { type } = useParams();
  const navigate = useNavigate();
  const [params, change] = useParameters();
  const search = useRef<HTMLInputElement>(null);
  const close = () => {
    if (!type) return;
    document.querySelector<HTMLElement>('[data-type][aria-current="true"]')?.focus();
    void navigate(`/catalogue${params.size > 0 ? `?${params}` : ''}`);
  };
  useKeys({ '/': () => search.current?.focus(), Escape: close });
  const asked = useQuery({ queryKey: ['catalog'], queryFn: () => get<Catalog>('catalog'), staleTime: Infinity });
  const sought = params.get('q') ?? '';
  const kind = params.get('kind') ?? 'snapshot';
  const shown = useMemo(() => {
    const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
    const { fits } = KINDS[kind] ?? KINDS['all']!;
    return (asked.data?.types ?? []).filter((each) => {
      const text = `${each.type} ${each.description} ${each.subject.join(' ')} ${each.area}`.toLowerCase();
      return fits(each) && words.every((word) => text.includes(word));
    });
  }, [asked.data, sought, kind]);
  if (failed(asked)) return <Problem error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return (
    <Page title="Catalogue" full about={`Every event type: ${asked.data.types.length}, each with an example.`}>
      <search className={css['bar']}>
        <input
          ref={search}
          type="search"
          aria-label="Search event types"
          placeholder="invoice.paid, dispute, customer …"
          value={sought}
          onChange={(event) => change({ q: event.target.value })}
        />
        <select aria-label="Which kind" value={kind} onChange={(event) => change({ kind: event.target.value })}>
          {Object.entries(KINDS).map(([value, { name, fits }]) => (
            <option key={value} value={value}>
              {name} ({asked.data.types.filter(fits).length})
            </option>
          ))}
        </select>
        <span className="quiet small row" role="status">
          {shown.length} {shown.length === 1 ? 'type' : 'types'}
        </span>
      </search>
      <div className={`${css['columns']} ${type ? '' : css['alone']}`}>
        <TypeList types={shown} current={type} query={params.toString()} />
        {type && <Entry key={type} type={type} onClose={close} />}
      </div>
    </Page>
  );
}
