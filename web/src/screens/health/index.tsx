import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Health } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import { span } from '../../ui/time.ts';
import { Chart } from './chart.tsx';
import { HandlerTable } from './handler-table.tsx';
import css from './health.module.css';

/** How the receiver has been doing. */
export default function HealthScreen() {
  const asked = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => get<Health>('health', {}, signal),
    refetchInterval: 5_000,
  });
  if (failed(asked)) return <Problem error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const { counts, lag, totals, series, handlers } = asked.data;
  const { at } = series;
  const open = counts.events.pending + counts.events.processing + counts.events.retrying;
  const per = `in ${span(series.step / 1000)}`;
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0).toLocaleString('en');
  return (
    <Page title="Health" about="This process since it began; what the store holds is from every process.">
      <dl className={css['tiles']}>
        <Tile name="Received" value={totals.received} />
        <Tile name="Stored" value={totals.stored} />
        <Tile name="Duplicates" value={totals.duplicates} />
        <Tile name="Refused" value={totals.refused} bad />
        <Tile name="Answered 503" value={totals.failed} bad />
        <Tile name="Retries" value={totals.retries} />
        <Tile
          name="Given up"
          value={<Link to="/events?state=dead">{counts.events.dead.toLocaleString('en')}</Link>}
          bad={counts.events.dead > 0}
        />
        <Tile name="Still to do" value={open} />
        <Tile name="Lag" value={lag < 1_000 ? 'none' : span(lag / 1000)} bad={lag > 60_000} />
      </dl>
      <div className={css['charts']}>
        <Panel title={`Deliveries ${per}`}>
          <Chart
            label={`Deliveries over time: ${sum(series.received)} received, ${sum(series.duplicates)} duplicates, ${sum(series.refused)} refused`}
            at={at}
            lines={[
              { name: 'received', color: '--processing', values: series.received },
              { name: 'duplicates', color: '--pending', values: series.duplicates },
              { name: 'refused', color: '--refused', values: series.refused },
            ]}
          />
        </Panel>
        <Panel title="Still to do">
          <Chart
            label={`Events with something left to do: ${series.backlog.at(-1) ?? 0} now`}
            at={at}
            lines={[{ name: 'events', color: '--retrying', values: series.backlog }]}
          />
        </Panel>
        <Panel title={`Retries and given up ${per}`}>
          <Chart
            label={`${sum(series.retries)} retries and ${sum(series.dead)} events given up over the time shown`}
            at={at}
            lines={[
              { name: 'retries', color: '--retrying', values: series.retries },
              { name: 'given up', color: '--dead', values: series.dead },
            ]}
          />
        </Panel>
        <Panel title="Lag, and time to answer (99 of 100)">
          <Chart
            label={`The longest waiting work has been due for ${span(lag / 1000)}`}
            at={at}
            unit={(value) => (value >= 1_000 ? `${value / 1000} s` : `${value} ms`)}
            lines={[
              { name: 'lag', color: '--dead', values: series.lag },
              { name: 'answer', color: '--done', values: series.answer },
            ]}
          />
        </Panel>
      </div>
      <Panel title="Handlers" bare>
        <HandlerTable handlers={handlers} />
      </Panel>
    </Page>
  );
}

function Tile({ name, value, bad = false }: { name: string; value: React.ReactNode; bad?: boolean }) {
  return (
    <div className={`${css['tile']} ${bad && value !== 0 ? css['bad'] : ''}`}>
      <dt>{name}</dt>
      <dd>{typeof value === 'number' ? value.toLocaleString('en') : value}</dd>
    </div>
  );
}
