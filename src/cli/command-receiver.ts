import { random } from '../base/ids.ts';
import { createReceiver, type Receiver, type ReceiverOptions } from '../receiver/index.ts';
import type { Store } from '../store/store.ts';
import { apiClient } from './api-client.ts';
import type { Invocation } from './define.ts';
import { keepingOf } from './keeping.ts';
import { loadHandlers } from './load-handlers.ts';

/** A receiver for a command to which nothing is ever delivered: a secret nobody knows makes sure of that. */
export async function commandReceiver(
  options: Invocation['options'],
  store: Store,
  more: Pick<ReceiverOptions<unknown>, 'observe' | 'onProblem'> = {},
): Promise<Receiver> {
  const stripe = await apiClient(options);
  const keeping = await keepingOf(options, store);
  const secrets = `whsec_${random().text(32)}`;
  const receiver = createReceiver({ ...keeping, ...more, store, secrets, ...(stripe && { stripe }) });
  await loadHandlers(receiver, options['handlers'] as string | undefined);
  return receiver;
}
