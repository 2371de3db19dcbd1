import { stripeError } from '../../http/errors.ts';

type Secretive = { object: string; client_secret: string | null };

/** A browser shows that it may see an intent by its secret; a wrong one is refused. */
export function mustFit({ object, client_secret: secret }: Secretive, given: string | undefined): void {
  if (given !== undefined && given !== secret)
    throw stripeError('parameter_invalid', ['client_secret', `it is not that of this ${object}`], 'client_secret');
}
