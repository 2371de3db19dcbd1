import { Refused } from '../api/client.ts';
import { Button } from './button.tsx';
import css from './message.module.css';

/** What went wrong, and what to do next. */
export function Problem({ error, again }: { error: unknown; again?: () => void }) {
  const refused = error instanceof Refused ? error : undefined;
  return (
    <div className={css['message']} role="alert">
      <h2>{refused?.status === 0 ? 'No answer' : refused?.status === 404 ? 'Not here' : 'That did not work'}</h2>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {again && <Button onClick={again}>Try again</Button>}
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
