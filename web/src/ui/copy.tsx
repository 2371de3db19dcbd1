import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

/** Copies a text and says so. */
export function CopyButton({
  text,
  label = 'Copy',
  bare = false,
}: {
  text: string | (() => string);
  label?: string;
  bare?: boolean;
}) {
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    if (copied === null) return undefined;
    const timer = setTimeout(() => setCopied(null), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      small
      look={bare ? 'bare' : 'plain'}
      aria-label={bare ? label : undefined}
      title={label}
      onClick={() => void copy(typeof text === 'string' ? text : text()).then(setCopied)}
    >
      {copied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
      {!bare && (copied === null ? label : copied ? 'Copied' : 'Not allowed')}
      <span className="said" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </Button>
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
