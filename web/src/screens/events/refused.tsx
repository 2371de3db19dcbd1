import { useInfiniteQuery } from '@tanstack/react-query';
import type { RefusedPage } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { failed, Problem } from '../../ui/problem.tsx';
import { moment } from '../../ui/time.ts';
import css from './event.module.css';

/** Deliveries that were not accepted, and why. */
export default function Refusals() {
  const asked = useInfiniteQuery({
    queryKey: ['live', 'refused'],
    queryFn: ({ pageParam, signal }) =>
      get<RefusedPage>('refused', { before: pageParam ?? undefined, limit: 50 }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });
  if (failed(asked)) return <Problem error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const rows = asked.data.pages.flatMap(({ items }) => items);
  return (
    <Page
      title="Refused deliveries"
      about="What came to the webhook path and could not be proven. It is never processed; a bounded number is kept, so that you can see why."
    >
      {rows.length === 0 && <Empty title="Nothing was refused">Every delivery that came was proven.</Empty>}
      {rows.map(({ seq, reason, detail, help, signature, size, body, receivedAt }) => (
        <Panel
          key={seq}
          title={<code>{reason}</code>}
          aside={<span className="small quiet">{moment(receivedAt)}</span>}
        >
          <div className="stack">
            <p>{detail}</p>
            <p className="quiet">{help}</p>
            <details>
              <summary className="small">
                {size.toLocaleString('en')} bytes, signature <code>{signature || 'none'}</code>
              </summary>
              <pre className={css['raw']}>{body}</pre>
            </details>
          </div>
        </Panel>
      ))}
      {asked.hasNextPage && <Button onClick={() => void asked.fetchNextPage()}>Older ones</Button>}
    </Page>
  );
}
