import type { ScenarioPath } from '../../../../src/console/api/types.ts';
import { span } from '../../ui/time.ts';
import css from './timeline.module.css';

const WIDTH = 640;
const LEFT = 14;
const AXIS = 40;
/** Below this, everything happens at once and there is nothing to see. */
const SHORTEST = 120;

type Props = { path: ScenarioPath; selected: number | null; onSelect: (index: number) => void };

/** The whole path on one line, time to scale: where events come close together and where nothing happens for weeks. */
export function Strip({ path, selected, onSelect }: Props) {
  const total = path.events.at(-1)?.offset ?? 0;
  if (total < SHORTEST) return null;
  const x = (offset: number) => LEFT + (offset / total) * (WIDTH - 2 * LEFT);
  const stacks = [
    ...Map.groupBy(
      path.events.map(({ offset }, index) => ({ offset, index })),
      ({ offset }) => Math.round(x(offset) / 9),
    ),
  ];
  const marks = ticks(total);
  return (
    <svg
      className={css['strip']}
      viewBox={`0 0 ${WIDTH} 56`}
      preserveAspectRatio="xMinYMid"
      role="img"
      aria-label={`${path.events.length} events over ${span(total)}, to scale`}
    >
      <line x1={LEFT} x2={WIDTH - LEFT} y1={AXIS} y2={AXIS} stroke="var(--line-strong)" />
      {marks.map((at) => (
        <g key={at}>
          <line x1={x(at)} x2={x(at)} y1={AXIS} y2={AXIS + 4} stroke="var(--line-strong)" />
          <text x={x(at)} y={54} textAnchor={at === 0 ? 'start' : 'middle'}>
            {at === 0 ? '0' : span(at)}
          </text>
        </g>
      ))}
      {stacks.map(([place, events]) =>
        events.map(({ offset, index }, height) => {
          const event = path.events[index]!;
          const radius = events.length > 5 ? 2 : 3;
          return (
            <circle
              key={index}
              cx={x(events[0]!.offset)}
              cy={AXIS - 5 - height * Math.min(7, 32 / events.length)}
              r={selected === index ? radius + 2 : radius}
              fill={event.do === 'handle' ? 'var(--accent)' : 'var(--ink-3)'}
              data-place={place}
              onClick={() => onSelect(index)}
            >
              <title>{`${event.event.type}, +${span(offset)}`}</title>
            </circle>
          );
        }),
      )}
    </svg>
  );
}

const STEPS = [60, 300, 900, 3_600, 6 * 3_600, 86_400, 2 * 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400, 365 * 86_400];

/** Round moments along a span: three to seven of them. */
function ticks(total: number): number[] {
  const step = STEPS.find((length) => total / length <= 6) ?? STEPS.at(-1)!;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, i) => i * step);
}
