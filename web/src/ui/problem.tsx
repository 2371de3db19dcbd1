import { Link } from 'react-router';
import { Refused } from '../api/client.ts';
import { Button, buttonClass } from './button.tsx';
import css from './message.module.css';

/**
 * Whether a question has nothing to show but its error. While the server is away, what it said last stays: the shell says
 * that it is old.
 */
export const failed = ({ error, data }: { error: Error | null; data: unknown }): boolean =>
  error !== null && (data === undefined || (error instanceof Refused && error.status >= 400 && error.status < 500));

type ProblemProps = { error: unknown; again?: () => void; /** Where to look for what is not here. */ instead?: Place };
type Place = { to: string; name: string };

/** What went wrong, and what to do next. */
export function Problem({ error, again, instead }: ProblemProps) {
  const refused = error instanceof Refused ? error : undefined;
  return (
    <div className={css['message']} role="alert">
      <h2>{refused?.status === 0 ? 'No answer' : refused?.status === 404 ? 'Not here' : 'That did not work'}</h2>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <div className="row">
        {again && <Button onClick={again}>Try again</Button>}
        {instead && refused?.status === 404 && (
          <Link to={instead.to} className={buttonClass()}>
            {instead.name}
          </Link>
        )}
      </div>
    </div>
  );
}

/** The same in a line, beside what it is about. */
export function ProblemLine({ error }: { error: unknown }) {
  return (
    <div className={css['box']} role="alert">
      {error instanceof Error ? error.message : String(error)}
    </div>
  );
}
