import type { ReactNode } from 'react';
import css from './message.module.css';

/** Says that there is nothing, and what would put something there. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={css['message']}>
      <h2>{title}</h2>
      <div>{children}</div>
    </div>
  );
}
