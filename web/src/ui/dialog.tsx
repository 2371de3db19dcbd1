import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Button } from './button.tsx';
import css from './dialog.module.css';

type Props = { title: string; onClose: () => void; foot?: ReactNode; children: ReactNode };

/** The browser's own modal dialog: it keeps the focus, and Escape closes it. Shown while it is rendered. */
export function Dialog({ title, onClose, foot, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current!;
    const before = document.activeElement;
    dialog.showModal();
    // Not the cross, which the browser would choose: what the dialog is about.
    dialog.querySelector<HTMLElement>('input, select')?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={css['dialog']}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className={css['inside']}>
        <div className={css['head']}>
          <h2 id={heading}>{title}</h2>
          <Button look="bare" small aria-label="Close" onClick={onClose}>
            <X size={16} aria-hidden="true" />
          </Button>
        </div>
        {children}
        {foot && <div className={css['foot']}>{foot}</div>}
      </div>
    </dialog>
  );
}
