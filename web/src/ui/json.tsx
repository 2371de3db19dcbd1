import { ChevronRight } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import css from './json.module.css';
import { depthWithin, holdersOf } from './json-folds.ts';
import { LongText } from './long-text.tsx';

type Props = {
  value: unknown;
  /** Dotted paths (`data.object.status`) whose lines are marked, with what stood there before. */
  changed?: ReadonlyMap<string, unknown>;
  /** How deep it is open at first. */
  depth?: number;
  /** More buttons above it. */
  actions?: ReactNode;
  label: string;
};

/** JSON to look at: what is long or deep is folded, what changed is marked. All of it is text, whatever it says. */
export function Json({ value, changed, depth = 3, actions, label }: Props) {
  const [open, setOpen] = useState({ depth, version: 0 });
  const unfold = (to: number) => setOpen(({ version }) => ({ depth: to, version: version + 1 }));
  const deep = useMemo(() => depthWithin(value, open.depth, AT_ONCE), [value, open.depth]);
  const holders = useMemo(() => holdersOf(changed), [changed]);
  return (
    <div>
      <div className={css['bar']}>
        <Button small onClick={() => unfold(Infinity)}>
          Open all
        </Button>
        <Button small onClick={() => unfold(1)}>
          Fold
        </Button>
        {actions}
      </div>
      <div className={css['json']} key={open.version} role="group" aria-label={label}>
        <Node value={value} path="" depth={deep} level={0} changed={changed} holders={holders} last />
      </div>
    </div>
  );
}

type NodeProps = {
  name?: string;
  value: unknown;
  path: string;
  depth: number;
  level: number;
  changed: ReadonlyMap<string, unknown> | undefined;
  holders: ReadonlySet<string>;
  last: boolean;
};

function Node({ name, value, path, depth, level, changed, holders, last }: NodeProps) {
  // What has a change inside is open, however deep it lies.
  const [open, setOpen] = useState(level < depth || holders.has(path));
  const [shown, setShown] = useState(AT_ONCE);
  const mark = changed?.has(path) ? css['changed'] : '';
  const label =
    name === undefined ? null : (
      <>
        <span className={css['key']}>{JSON.stringify(name)}</span>:{' '}
      </>
    );
  const comma = last ? '' : ',';
  const before = changed?.has(path) ? <span className={css['before']}> ← {brief(changed.get(path))}</span> : null;
  const entries = entriesOf(value);
  if (!entries)
    return (
      <span className={`${css['line']} ${mark}`}>
        {label}
        <Leaf value={value} />
        {comma}
        {before}
      </span>
    );
  const [left, right] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0)
    return (
      <span className={`${css['line']} ${mark}`}>
        {label}
        {left}
        {right}
        {comma}
        {before}
      </span>
    );
  return (
    <>
      <span className={`${css['line']} ${mark}`}>
        <button
          type="button"
          className={css['toggle']}
          aria-expanded={open}
          aria-label={`${open ? 'Fold' : 'Open'} ${name ?? 'the whole'}`}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight size={13} aria-hidden="true" />
        </button>
        {label}
        {left}
        {!open && (
          <>
            <span className={css['more']}> {countOf(value, entries.length)} </span>
            {right}
            {comma}
          </>
        )}
        {before}
      </span>
      {open && (
        <>
          <div className={css['children']}>
            {entries.slice(0, shown).map(([key, item], index) => (
              <Node
                key={key}
                {...(!Array.isArray(value) && { name: key })}
                value={item}
                path={path === '' ? key : `${path}.${key}`}
                depth={depth}
                level={level + 1}
                changed={changed}
                holders={holders}
                last={index === entries.length - 1}
              />
            ))}
            {entries.length > shown && (
              <span className={css['line']}>
                <Button small onClick={() => setShown(shown + AT_ONCE)}>
                  Show more of {countOf(value, entries.length)}
                </Button>
              </span>
            )}
          </div>
          <span className={css['line']}>
            {right}
            {comma}
          </span>
        </>
      )}
    </>
  );
}

function Leaf({ value }: { value: unknown }) {
  const kind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'word';
  return (
    <span className={css[kind]}>
      <LongText text={JSON.stringify(value)} most={LONG} />
    </span>
  );
}

const entriesOf = (value: unknown): [string, unknown][] | undefined =>
  typeof value === 'object' && value !== null ? Object.entries(value) : undefined;

const countOf = (value: unknown, count: number): string =>
  Array.isArray(value) ? `${count} ${count === 1 ? 'item' : 'items'}` : `${count} ${count === 1 ? 'field' : 'fields'}`;

/** How many items of a list are shown at a time, and characters of a text. */
const AT_ONCE = 100;
const LONG = 5_000;

/** A value in a few characters. */
export function brief(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
