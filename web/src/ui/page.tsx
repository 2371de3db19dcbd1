import { useEffect, type ReactNode } from 'react';
import css from './page.module.css';

type PageProps = { title: string; about?: ReactNode; actions?: ReactNode; full?: boolean; children: ReactNode };

/** One screen: its heading, what it is for, and its content. A `full` one fills the window and scrolls inside. */
export function Page({ title, about, actions, full = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Paybell`;
  }, [title]);
  return (
    <div className={`${css['page']} ${full ? css['full'] : ''}`}>
      <header className={css['head']}>
        <div className="grow">
          <h1>{title}</h1>
          {about && <p>{about}</p>}
        </div>
        {actions && <div className={css['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a screen with a heading of its own. */
export function Panel({
  title,
  aside,
  bare = false,
  children,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  bare?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={css['panel']}>
      {title && (
        <div className={css['panelHead']}>
          <h2>{title}</h2>
          {aside && <div className="row">{aside}</div>}
        </div>
      )}
      <div className={bare ? undefined : css['panelBody']}>{children}</div>
    </section>
  );
}
