import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { EventRow } from '../../../../src/console/api/types.ts';
import { useKeys } from '../../ui/keys.ts';
import { addressOf, EventRowView } from './event-row.tsx';
import css from './events.module.css';

const NARROW = '(max-width: 900px)';

type ListProps = {
  count: number;
  row: (index: number) => EventRow | undefined;
  /** The first this many are new. */
  fresh?: number;
  onSeen?: (first: number, last: number) => void;
  /** Whether somebody has scrolled away from the top, or moves among the rows by keyboard. */
  onHeld?: (held: boolean) => void;
  above?: React.ReactNode;
  below?: React.ReactNode;
};

/** Rows that exist only while they are seen: a hundred thousand are as light as fifty. */
export function VirtualList({ count, row, fresh = 0, onSeen, onHeld, above, below }: ListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [height] = useState(() => (matchMedia(NARROW).matches ? 54 : 38));
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: matchMedia(NARROW).matches ? 0 : 32,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onSeen?.(first, last), [first, last, onSeen]);

  // Rows that come on top would push down the one that has the focus, and out of the page in the end.
  const tell = () => {
    const list = scroller.current;
    if (list) onHeld?.(list.scrollTop >= 4 || list.querySelector('[data-row]:focus') !== null);
  };
  const navigate = useNavigate();
  const current = useRef(-1);
  // Keys may come faster than rows do.
  const moving = useRef(false);
  const move = (to: number) => {
    if (count === 0) return;
    current.current = Math.max(0, Math.min(count - 1, to));
    virtual.scrollToIndex(current.current, { align: 'auto' });
    moving.current = true;
    // The row may only now come into being.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        moving.current = false;
        scroller.current?.querySelector<HTMLElement>(`[data-row="${current.current}"]`)?.focus({ preventScroll: true });
      }),
    );
  };
  const here = () => {
    if (moving.current) return current.current;
    const focused = document.activeElement?.getAttribute('data-row');
    return focused === null || focused === undefined ? current.current : Number(focused);
  };
  useKeys({
    j: () => move(here() + 1),
    k: () => move(here() - 1),
    ArrowDown: () => move(here() + 1),
    ArrowUp: () => move(here() - 1),
    Home: () => move(0),
    End: () => move(count - 1),
    Enter: () => {
      const at = row(here());
      if (at) void navigate(addressOf(at));
    },
  });
  return (
    <div
      ref={scroller}
      className={css['list']}
      role="table"
      aria-label="Events"
      aria-rowcount={count + 1}
      tabIndex={0}
      onScroll={tell}
      onFocus={tell}
      // The focus goes to its next place only after this.
      onBlur={() => setTimeout(tell)}
    >
      <div className={css['head']} role="row" aria-rowindex={1}>
        {['State', 'Type', 'Object', 'Account', 'Delivered', 'Received'].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
      {above}
      <div className={css['space']} style={{ height: virtual.getTotalSize() }} role="rowgroup">
        {items.map(({ index, start }) => {
          const event = row(index);
          return (
            <EventRowView
              key={event?.seq ?? `at ${index}`}
              event={event}
              index={index}
              fresh={index < fresh}
              style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)` }}
            />
          );
        })}
      </div>
      {below}
    </div>
  );
}
