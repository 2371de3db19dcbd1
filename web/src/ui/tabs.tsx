import * as Radix from '@radix-ui/react-tabs';
import type { ReactNode } from 'react';
import css from './tabs.module.css';

export type Tab = { id: string; title: ReactNode; body: ReactNode };

/** Tabs that arrows move between; without `value` they remember for themselves which one is open. */
export function Tabs({
  label,
  tabs,
  value,
  onChange,
}: {
  label: string;
  tabs: readonly Tab[];
  value?: string;
  onChange?: (id: string) => void;
}) {
  const controlled = value === undefined ? { defaultValue: tabs[0]?.id ?? '' } : { value };
  return (
    <Radix.Root {...controlled} {...(onChange && { onValueChange: onChange })}>
      <Radix.List className={css['list']} aria-label={label}>
        {tabs.map(({ id, title }) => (
          <Radix.Trigger key={id} value={id} className={css['tab']}>
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ id, body }) => (
        <Radix.Content key={id} value={id} className={css['body']}>
          {body}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
