import { Check, Zap } from 'lucide-react';
import type { ScenarioEvent, ScenarioPath } from '../../../../src/console/api/types.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { span } from '../../ui/time.ts';
import { Strip } from './strip.tsx';
import css from './timeline.module.css';
import type { Arrival } from './use-play.ts';

type Props = {
  path: ScenarioPath;
  narrow: boolean;
  selected: number | null;
  onSelect: (index: number) => void;
  /** While and after it is played: what became of each event. */
  arrivals: ReadonlyMap<number, Arrival> | null;
};

/** A path from top to bottom: on one side who does what, on the other what fires, between them the time that passes. */
export function Timeline({ path, narrow, selected, onSelect, arrivals }: Props) {
  return (
    <div>
      <Strip path={path} selected={selected} onSelect={onSelect} />
      <ol className={`${css['timeline']} ${narrow ? css['narrow'] : ''}`}>
        {momentsOf(path).map(({ step, events, offset, passed }, at) => (
          <li key={step.id}>
            {passed > 0 && <Gap seconds={passed} />}
            <div className={css['step']}>
              <div className={css['call']}>
                <p>{step.what}</p>
                {step.calls.length > 0 && <Calls calls={step.calls} />}
              </div>
              <div className={css['axis']}>
                <span className={css['tick']} title={`Step ${step.id}`}>
                  {at === 0 ? 'start' : `+${span(offset)}`}
                </span>
              </div>
              <div className={css['events']}>
                {events.map(({ event, index }) => (
                  <EventChip
                    key={index}
                    event={event}
                    later={event.offset - offset}
                    selected={selected === index}
                    arrival={arrivals ? (arrivals.get(index) ?? { state: 'waiting' }) : null}
                    onSelect={() => onSelect(index)}
                  />
                ))}
                {events.length === 0 && <span className={css['none']}>Nothing fires.</span>}
              </div>
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Each step with its events: it stands where its first event does, and time passes between them. */
function momentsOf({ steps, events }: ScenarioPath) {
  const byStep = Map.groupBy(
    events.map((event, index) => ({ event, index })),
    ({ event }) => event.step,
  );
  const began = steps[0]?.at ?? 0;
  let last = 0;
  return steps.map((step, at) => {
    const mine = byStep.get(step.id) ?? [];
    const offset = mine[0]?.event.offset ?? step.at - began;
    const passed = at === 0 ? 0 : Math.max(0, offset - last);
    last = mine.at(-1)?.event.offset ?? offset;
    return { step, events: mine, offset, passed };
  });
}

/** Time that passes: the longer, the higher, though a month is not a thousand times an hour. */
function Gap({ seconds }: { seconds: number }) {
  const height = Math.round(22 + 7 * Math.log2(1 + seconds / 3_600));
  return (
    <div className={css['gap']} style={{ height }}>
      <span />
      <div className={css['passing']}>
        <span>{span(seconds)}</span>
      </div>
    </div>
  );
}

function Calls({ calls }: { calls: ScenarioPath['steps'][number]['calls'] }) {
  const code = calls.map(({ sdk }) => `await ${sdk};`).join('\n');
  return (
    <div className={css['calls']}>
      <pre className={css['code']} tabIndex={0} role="region" aria-label="Calls of the SDK">
        {code}
      </pre>
      <div className={css['copy']}>
        <CopyButton bare label="Copy the calls" text={code} />
      </div>
    </div>
  );
}

type ChipProps = {
  event: ScenarioEvent;
  /** Seconds after the first event of its step. */ later: number;
  selected: boolean;
  arrival: Arrival | null;
  onSelect: () => void;
};

function EventChip({ event, later, selected, arrival, onSelect }: ChipProps) {
  const look = [css['event'], event.do === 'handle' && css['toHandle'], arrival && css[arrival.state]];
  const done = arrival?.state === 'arrived';
  return (
    <button
      type="button"
      className={look.filter(Boolean).join(' ')}
      aria-pressed={selected}
      data-event
      data-arrival={arrival?.state}
      title={event.why}
      onClick={onSelect}
    >
      {done ? (
        <Check size={13} aria-label="arrived" color="var(--done)" />
      ) : (
        <Zap size={13} aria-label={event.do} color={event.do === 'handle' ? 'var(--accent)' : 'var(--ink-3)'} />
      )}
      <span className={css['type']}>{event.event.type}</span>
      <span className={css['at']}>
        {arrival?.ms === undefined ? (later > 0 ? `+${span(later)}` : '') : `${arrival.ms} ms`}
      </span>
    </button>
  );
}
