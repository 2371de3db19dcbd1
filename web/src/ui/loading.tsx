import css from './message.module.css';

export function Loading({ what = 'Loading' }: { what?: string }) {
  return (
    <div className={css['loading']} role="status">
      <span className="said">{what}</span>
      <div className={css['dots']} aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
    </div>
  );
}
