import type Stripe from 'stripe';
import { stripeError } from '../http/errors.ts';
import { defineResource, type Call } from './define.ts';
import { mergeMetadata } from './metadata.ts';
import { need } from './references.ts';

type Params = Stripe.WebhookEndpointCreateParams & Stripe.WebhookEndpointUpdateParams;

export const webhookEndpoint = defineResource('webhook_endpoint', {
  prefix: 'we',
  operations: {
    'webhookEndpoints.create': (call) => {
      const { tx } = call;
      const params = call.params as unknown as Params;
      mustBeUrl(params.url!);
      const secret = `whsec_${tx.text(32)}`;
      const endpoint = tx.insert(
        'webhook_endpoint',
        {
          id: tx.id('we'),
          object: 'webhook_endpoint',
          api_version: params.api_version ?? null,
          application: null,
          created: tx.now,
          description: params.description || null,
          enabled_events: params.enabled_events!,
          livemode: false,
          metadata: mergeMetadata({}, call.params['metadata']),
          status: 'enabled',
          url: params.url!,
        },
        { secret, connect: params.connect === true },
      );
      // The secret is told once, at creation.
      return { ...endpoint, secret };
    },
    'webhookEndpoints.update': ({ tx, params, path }: Call) => {
      const endpoint = need(tx, 'webhook_endpoint', path[0]!);
      const { url, description, enabled_events, disabled } = params as unknown as Params;
      if (url !== undefined) mustBeUrl(url);
      return tx.update('webhook_endpoint', endpoint.id, {
        ...(url !== undefined && { url }),
        ...(description !== undefined && { description: description || null }),
        ...(enabled_events !== undefined && { enabled_events }),
        ...(disabled !== undefined && { status: disabled ? 'disabled' : 'enabled' }),
        metadata: mergeMetadata(endpoint.metadata, params['metadata']),
      });
    },
  },
});

function mustBeUrl(url: string) {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw stripeError('parameter_invalid', ['url', 'an explicit scheme (such as https) must be provided'], 'url');
}
