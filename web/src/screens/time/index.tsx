import { useQuery } from '@tanstack/react-query';
import type { TimeState } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { Empty } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import { Chaos } from './chaos.tsx';
import { Clock } from './clock.tsx';
import { Customers } from './customers.tsx';
import { Deliveries } from './deliveries.tsx';
import { Due } from './due.tsx';
import { Snapshots } from './snapshots.tsx';
import css from './time.module.css';

/** The time machine: the local Stripe's clock, and what it brings. */
export default function Time() {
  const { stripe, readOnly } = useSession();
  const asked = useQuery({
    queryKey: ['live', 'time'],
    queryFn: ({ signal }) => get<TimeState>('time', {}, signal),
    enabled: stripe !== null,
    refetchInterval: 5_000,
  });
  if (!stripe)
    return (
      <Empty title="There is no local Stripe here">
        This receiver listens to Stripe itself. <code>npx paybell dev</code> runs one with a clock you can move.
      </Empty>
    );
  if (failed(asked)) return <Problem error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const state = asked.data;
  return (
    <Page
      title="Time machine"
      about={
        <>
          The world of <code>{stripe.key}</code> at {stripe.url}. What is due happens at its own moment, in order.
        </>
      }
    >
      <Clock state={state} readOnly={readOnly} />
      <div className={css['columns']}>
        <div className="stack">
          <Due state={state} />
          <Customers state={state} readOnly={readOnly} />
        </div>
        <div className="stack">
          <Snapshots state={state} readOnly={readOnly} />
          <Chaos chaos={state.chaos} readOnly={readOnly} />
          <Deliveries readOnly={readOnly} />
        </div>
      </div>
    </Page>
  );
}
