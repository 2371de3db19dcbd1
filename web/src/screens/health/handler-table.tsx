import type { Health } from '../../../../src/console/api/types.ts';
import css from './health.module.css';

/** Each handler with how often it ran, and how often it failed. */
export function HandlerTable({ handlers }: { handlers: Health['handlers'] }) {
  if (handlers.length === 0)
    return (
      <p className="quiet" style={{ padding: '10px 14px' }}>
        No handler is registered in this process: events are stored and mirrored. Give some with{' '}
        <code>--handlers FILE</code>, or <code>receiver.on('invoice.paid', …)</code>.
      </p>
    );
  return (
    <div className={css['wide']} tabIndex={0} role="region" aria-label="Handlers">
      <table className={css['table']}>
        <thead>
          <tr>
            <th scope="col">Handler</th>
            <th scope="col">For</th>
            <th scope="col" className={css['number']}>
              Runs
            </th>
            <th scope="col">Failed</th>
            <th scope="col" className={css['number']}>
              Gave up
            </th>
            <th scope="col" className={css['number']}>
              Deferred
            </th>
            <th scope="col" className={css['number']}>
              Mean
            </th>
          </tr>
        </thead>
        <tbody>
          {handlers.map(({ name, pattern, runs, failures, dead, deferred, meanMs }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="mono">{pattern}</td>
              <td className={css['number']}>{runs.toLocaleString('en')}</td>
              <td>
                <Rate failures={failures} runs={runs} />
              </td>
              <td className={css['number']}>{dead}</td>
              <td className={css['number']}>{deferred}</td>
              <td className={css['number']}>
                {runs === 0 ? '' : `${meanMs < 10 ? meanMs.toFixed(1) : Math.round(meanMs)} ms`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Rate({ failures, runs }: { failures: number; runs: number }) {
  const percent = runs === 0 ? 0 : (100 * failures) / runs;
  return (
    <div className={css['rate']}>
      <div className={css['track']} aria-hidden="true">
        <div className={css['share']} style={{ width: `${percent}%` }} />
      </div>
      {failures} <span className="quiet small">{runs > 0 && `${percent.toFixed(percent < 10 ? 1 : 0)} %`}</span>
    </div>
  );
}
