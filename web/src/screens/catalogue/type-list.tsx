import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { Link } from 'react-router';
import type { Catalog } from '../../../../src/console/api/types.ts';
import { Empty } from '../../ui/empty.tsx';
import { useKeys } from '../../ui/keys.ts';
import { moveFocus } from '../../ui/move-focus.ts';
import css from './catalogue.module.css';

type EventType = Catalog['types'][number];
type Line = { area: string } | { type: EventType };

const AREA = 34;
const ROW = 52;

/** Types below the area they belong to. */
export function TypeList({
  types,
  current,
  query,
}: {
  types: readonly EventType[];
  current: string | undefined;
  query: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => {
    const byArea = Map.groupBy(types, ({ area }) => area);
    return [...byArea].flatMap<Line>(([area, mine]) => [{ area }, ...mine.map((type) => ({ type }))]);
  }, [types]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ('area' in lines[index]! ? AREA : ROW),
    getItemKey: (index) => {
      const line = lines[index]!;
      return 'area' in line ? `area ${line.area}` : line.type.type;
    },
    overscan: 12,
  });
  useKeys({ j: () => moveFocus('[data-type]', 1), k: () => moveFocus('[data-type]', -1) });
  if (lines.length === 0)
    return <Empty title="No event type is like that">Try a part of its name, or another kind.</Empty>;
  return (
    <div ref={scroller} className={css['list']} role="region" aria-label="Event types" tabIndex={0}>
      <div className={css['space']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index]!;
          const style = { transform: `translateY(${start}px)` };
          if ('area' in line)
            return (
              <h2 key={key} className={css['area']} style={style}>
                {line.area}
              </h2>
            );
          const { type, description, era, payload } = line.type;
          return (
            <Link
              key={key}
              to={`/catalogue/${type}${query ? `?${query}` : ''}`}
              className={css['row']!}
              style={style}
              aria-current={type === current ? 'true' : undefined}
              data-type
            >
              <span className={css['type']}>
                <span className="cut">{type}</span>
                {era === 'legacy' && <span className={`${css['tag']} ${css['legacy']}`}>legacy</span>}
                {payload === 'thin' && <span className={css['tag']}>thin</span>}
              </span>
              <span className={`${css['about']} cut`}>{description}</span>
            </Link>
          );
        })}
      </div>
    </div>
  );
}
