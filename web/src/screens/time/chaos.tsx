import type { ChaosState } from '../../../../src/console/api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/page.tsx';
import { ProblemLine } from '../../ui/problem.tsx';
import css from './time.module.css';
import { useAction } from './use-action.ts';

const KINDS: Record<keyof ChaosState, string> = {
  duplicate: 'arrives twice',
  reorder: 'arrives after later ones',
  delay: 'arrives up to 10 min late',
  drop: 'is lost, and sent again',
  slow: 'takes longer to arrive',
};

/** What goes wrong on the way, and how often. */
export function Chaos({ chaos, readOnly }: { chaos: ChaosState | null; readOnly: boolean }) {
  const act = useAction<unknown>();
  const set = (kind: keyof ChaosState, share: number) => {
    const next = Object.fromEntries(Object.entries({ ...chaos, [kind]: share }).filter(([, value]) => value !== 0));
    act.mutate({ path: 'time/chaos', body: next });
  };
  return (
    <Panel
      title="Chaos"
      aside={
        chaos &&
        !readOnly && (
          <Button small onClick={() => act.mutate({ path: 'time/chaos', body: {} })}>
            End it
          </Button>
        )
      }
    >
      <div className={css['chaos']}>
        {(Object.keys(KINDS) as (keyof ChaosState)[]).map((kind) => (
          <Slider
            key={`${kind} ${chaos?.[kind] ?? 0}`}
            kind={kind}
            share={chaos?.[kind] ?? 0}
            off={readOnly}
            set={set}
          />
        ))}
      </div>
      {act.error && <ProblemLine error={act.error} />}
    </Panel>
  );
}

type SliderProps = {
  kind: keyof ChaosState;
  share: number;
  off: boolean;
  set: (kind: keyof ChaosState, share: number) => void;
};

function Slider({ kind, share, off, set }: SliderProps) {
  const id = `chaos-${kind}`;
  // The key that brought the focus here comes up here as well.
  const tell = (value: string) => Number(value) !== Math.round(share * 100) && set(kind, Number(value) / 100);
  return (
    <>
      <label htmlFor={id}>An event {KINDS[kind]}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={10}
        defaultValue={share * 100}
        disabled={off}
        onPointerUp={(event) => tell(event.currentTarget.value)}
        onKeyUp={(event) => tell(event.currentTarget.value)}
      />
      <span className="small quiet">{Math.round(share * 100)} %</span>
    </>
  );
}
