import { ago, moment } from './time.ts';

/** A moment (milliseconds): how long ago, with the exact time on a look. */
export function When({ at, now }: { at: number; now?: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at)} className="nowrap">
      {now === undefined ? moment(at) : ago(at, now)}
    </time>
  );
}
