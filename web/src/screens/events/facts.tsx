import { Link } from 'react-router';
import type { EventDetails } from '../../../../src/console/api/types.ts';
import { Facts as List } from '../../ui/facts.tsx';
import { moment, utc } from '../../ui/time.ts';
import { addressOf as objectAddress } from '../objects/object-address.ts';

/** How an event came and how it was proven. */
export function Facts({ event }: { event: EventDetails['event'] }) {
  const { deliveries, receivedAt, lastReceivedAt } = event;
  const facts: [string, React.ReactNode][] = [
    ['Created', utc(event.created)],
    ['Received', moment(receivedAt)],
    ['Deliveries', deliveries === 1 ? 'once' : `${deliveries} times, the last ${moment(lastReceivedAt)}`],
    [
      'Proven',
      event.valid ? `by ${event.proof ?? 'its signature'}` : event.valid === false ? 'false' : 'not yet known',
    ],
    ['Finished', event.finishedAt === null ? 'not yet' : moment(event.finishedAt)],
    ...(event.readyAt === null ? [] : ([['Tried again', moment(event.readyAt)]] as [string, string][])),
    ['Account', event.account || 'the platform'],
    ['Mode', event.livemode === null ? 'unknown' : event.livemode ? 'live' : 'test'],
    ['API version', event.apiVersion ?? 'none'],
    [
      'Object',
      event.objectId ? (
        <Link to={objectAddress(event.object, event.objectId, event.account)}>
          <code>{event.objectId}</code>
        </Link>
      ) : (
        'none with an id'
      ),
    ],
    ...(event.twinOf
      ? ([['The same change as', <Link to={`/events/${event.twinOf}`}>{event.twinOf}</Link>]] as [
          string,
          React.ReactNode,
        ][])
      : []),
  ];
  return <List facts={facts} />;
}
