import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { NewCustomer, TimeState } from '../../../../src/console/api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Panel } from '../../ui/page.tsx';
import { ProblemLine } from '../../ui/problem.tsx';
import { utcDate } from '../../ui/time.ts';
import css from './time.module.css';
import { useAction } from './use-action.ts';

const CARDS: Record<NewCustomer['card'], string> = {
  good: 'a card that pays',
  declines_later: 'a card that is declined when charged',
  needs_authentication: 'a card that asks for 3-D Secure',
};

/** Those who live in this world, and new ones in two clicks. */
export function Customers({ state, readOnly }: { state: TimeState; readOnly: boolean }) {
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title="Customers"
      bare
      aside={
        !readOnly && (
          <Button small look="primary" onClick={() => setMaking(true)}>
            <Plus size={13} aria-hidden="true" /> New customer
          </Button>
        )
      }
    >
      {state.customers.length === 0 && <p className={`${css['line']} quiet`}>Nobody yet.</p>}
      <ul>
        {state.customers.map(({ id, name, subscriptions }) => (
          <li key={id} className={css['line']}>
            <span className="grow">
              <strong>{name ?? 'No name'}</strong>{' '}
              <Link to={`/objects/customer/${id}`} className="mono small">
                {id}
              </Link>
              {subscriptions.map((subscription) => (
                <span key={subscription.id} className="small quiet" style={{ display: 'block' }}>
                  <Link to={`/objects/subscription/${subscription.id}`}>{subscription.price}</Link>,{' '}
                  {subscription.status}, until {utcDate(subscription.periodEnd)}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {making && <Making onClose={() => setMaking(false)} />}
    </Panel>
  );
}

const NAMES = ['Ada Quill', 'Bo Tern', 'Cleo Marsh', 'Dev Rowan', 'Eve Larch', 'Finn Heath'];

function Making({ onClose }: { onClose: () => void }) {
  const [customer, setCustomer] = useState<NewCustomer>(() => ({
    name: NAMES[Math.floor(Math.random() * NAMES.length)]!,
    card: 'good',
    plan: { interval: 'month', amount: 2_000, trialDays: 0 },
  }));
  const make = useAction<unknown>();
  const { name, card, plan } = customer;
  return (
    <Dialog
      title="A new customer"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={make.isPending}
            onClick={() => make.mutate({ path: 'time/customers', body: customer }, { onSuccess: onClose })}
          >
            {make.isPending ? 'Making …' : 'Create'}
          </Button>
        </>
      }
    >
      <div className={css['form']}>
        <label htmlFor="name">Name</label>
        <input id="name" value={name} onChange={(event) => setCustomer({ ...customer, name: event.target.value })} />
        <label htmlFor="card">Card</label>
        <select
          id="card"
          value={card}
          onChange={(event) => setCustomer({ ...customer, card: event.target.value as NewCustomer['card'] })}
        >
          {Object.entries(CARDS).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
        <label htmlFor="plan">Subscribes to</label>
        <select
          id="plan"
          value={plan?.interval ?? ''}
          onChange={(event) => setCustomer(planned(customer, event.target.value))}
        >
          <option value="month">$20.00 a month</option>
          <option value="year">$200.00 a year</option>
          <option value="">nothing</option>
        </select>
        {plan && (
          <>
            <label htmlFor="trial">Days of trial</label>
            <input
              id="trial"
              type="number"
              min={0}
              max={365}
              value={plan.trialDays}
              onChange={(event) =>
                setCustomer({ ...customer, plan: { ...plan, trialDays: Number(event.target.value) } })
              }
            />
          </>
        )}
      </div>
      {make.error && <ProblemLine error={make.error} />}
    </Dialog>
  );
}

function planned({ plan, ...customer }: NewCustomer, interval: string): NewCustomer {
  if (interval !== 'month' && interval !== 'year') return customer;
  return {
    ...customer,
    plan: { interval, amount: interval === 'year' ? 20_000 : 2_000, trialDays: plan?.trialDays ?? 0 },
  };
}
