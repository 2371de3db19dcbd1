import { useState } from 'react';
import { Button } from './button.tsx';

/** A text, cut where it is longer than `most` characters until the rest is asked for. */
export function LongText({ text, most = 50_000 }: { text: string; most?: number }) {
  const [shown, setShown] = useState(most);
  if (text.length <= shown) return text;
  return (
    <>
      {text.slice(0, shown)}…{' '}
      <Button small onClick={() => setShown(shown * 4)}>
        Show more of {text.length.toLocaleString('en')} characters
      </Button>
    </>
  );
}
