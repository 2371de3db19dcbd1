import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { ObjectPage } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { money } from '../../ui/money.ts';
import { failed, Problem } from '../../ui/problem.tsx';
import { moment } from '../../ui/time.ts';
import { addressOf } from './object-address.ts';
import css from './objects.module.css';

type Column = ObjectPage['columns'][number];
type Cell = string | number | boolean | null;

/** The objects of one type, a row each. Columns in which nothing stands are left out until they are asked for. */
export function ObjectTable({ object }: { object: string }) {
  const [all, setAll] = useState(false);
  const asked = useInfiniteQuery({
    queryKey: ['live', 'objects', object],
    queryFn: ({ pageParam, signal }) =>
      get<ObjectPage>(`objects/${object}`, { after: pageParam ?? undefined, limit: 100 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const rows = useMemo(() => asked.data?.pages.flatMap((page) => page.rows) ?? [], [asked.data]);
  const columns = asked.data?.pages[0]?.columns;
  const shown = useMemo(
    () =>
      (columns ?? []).flatMap((column, index) =>
        all || (column.type !== 'json' && rows.some(({ cells }) => cells[index] !== null)) ? [{ column, index }] : [],
      ),
    [columns, rows, all],
  );
  if (failed(asked)) return <Problem error={asked.error} again={() => void asked.refetch()} />;
  if (!columns) return <Loading />;
  const currency = columns.findIndex(({ name }) => name === 'currency');
  return (
    <div className="stack">
      <div className={css['scroll']} tabIndex={0} role="region" aria-label={`Objects of type ${object}`}>
        <table className={css['table']}>
          <thead>
            <tr>
              <th scope="col">id</th>
              {shown.map(({ column }) => (
                <th key={column.name} scope="col" className={isNumber(column) ? css['number'] : undefined}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, account, deleted, cells }) => (
              <tr key={`${account} ${id}`}>
                <td>
                  <Link to={addressOf(object, id, account)} className={`mono ${deleted ? css['gone'] : ''}`}>
                    {id}
                  </Link>
                </td>
                {shown.map(({ column, index }) => (
                  <td key={column.name} className={isNumber(column) ? css['number'] : undefined}>
                    {textOf(cells[index] ?? null, column, currency < 0 ? null : (cells[currency] ?? null))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="row">
        {asked.hasNextPage && <Button onClick={() => void asked.fetchNextPage()}>More</Button>}
        <Button look="bare" small aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? 'Only columns with something in them' : `All ${columns.length} columns`}
        </Button>
      </div>
    </div>
  );
}

const isNumber = ({ type }: Column): boolean => type === 'integer' || type === 'number';

function textOf(cell: Cell, { type, money: isMoney }: Column, currency: Cell): string {
  if (cell === null) return '';
  if (isMoney && typeof cell === 'number' && typeof currency === 'string') return money(cell, currency);
  if (type === 'timestamp') return moment(typeof cell === 'number' ? cell * 1000 : Date.parse(String(cell)));
  return String(cell);
}
