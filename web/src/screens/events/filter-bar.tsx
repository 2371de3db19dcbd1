import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Catalog } from '../../../../src/console/api/types.ts';
import { EVENT_STATES } from '../../../../src/store/states.ts';
import { get } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { useKeys } from '../../ui/keys.ts';
import { State } from '../../ui/state.tsx';
import css from './events.module.css';
import { isNarrow, WITHIN, type Filter } from './filter.ts';

type Props = { filter: Filter; change: (change: Partial<Filter>) => void };

/** What the list is narrowed to. `/` goes to the search. */
export function FilterBar({ filter, change }: Props) {
  const search = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => search.current?.focus() });
  const counts = useLive().last?.counts.events;
  // The names are many: they are asked when somebody is about to type one.
  const [typing, setTyping] = useState(false);
  const types = useQuery({
    queryKey: ['catalog'],
    queryFn: () => get<Catalog>('catalog'),
    staleTime: Infinity,
    enabled: typing,
  });
  return (
    <>
      <div className={css['states']} role="group" aria-label="State">
        {EVENT_STATES.map((state) => (
          <button
            key={state}
            type="button"
            className={css['chip']}
            aria-pressed={filter.state === state}
            onClick={() => change({ state: filter.state === state ? '' : state })}
          >
            <State state={state} bare />
            {counts && <span>{counts[state].toLocaleString('en')}</span>}
          </button>
        ))}
      </div>
      <search className={css['bar']}>
        <TextField label="Search payloads" value={filter.text} set={(text) => change({ text })} at={search} wide />
        <TextField
          label="Type"
          hint="invoice.*"
          value={filter.type}
          set={(type) => change({ type })}
          list="types"
          onFocus={() => setTyping(true)}
        />
        <datalist id="types">
          {types.data?.types
            .filter(({ payload }) => payload === 'snapshot')
            .map(({ type }) => (
              <option key={type} value={type} />
            ))}
        </datalist>
        <TextField label="Object" hint="in_…" value={filter.object} set={(object) => change({ object })} />
        <TextField label="Account" hint="acct_…" value={filter.account} set={(account) => change({ account })} />
        <label className={css['field']}>
          Received
          <select value={filter.within} onChange={(event) => change({ within: event.target.value })}>
            <option value="">any time</option>
            {Object.entries(WITHIN).map(([value, { name }]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {isNarrow(filter) && (
          <Button
            look="bare"
            onClick={() => change({ type: '', state: '', account: '', object: '', within: '', text: '' })}
          >
            Clear
          </Button>
        )}
      </search>
    </>
  );
}

type TextFieldProps = {
  label: string;
  value: string;
  set: (value: string) => void;
  hint?: string;
  list?: string;
  at?: React.Ref<HTMLInputElement>;
  onFocus?: () => void;
  wide?: boolean;
};

/** Tells what was typed when somebody stops typing, or presses Enter. */
function TextField({ label, value, set, hint, list, at, onFocus, wide }: TextFieldProps) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const latest = useRef(set);
  latest.current = set;
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return undefined;
    const timer = setTimeout(() => tell(typed), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  function tell(text: string) {
    told.current = text.trim();
    latest.current(text.trim());
  }
  return (
    <label className={css['field']}>
      {label}
      <input
        ref={at}
        type="search"
        size={wide ? 30 : 18}
        value={typed}
        placeholder={hint}
        list={list}
        onFocus={onFocus}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') tell(typed);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </label>
  );
}
