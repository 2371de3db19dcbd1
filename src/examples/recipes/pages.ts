import { schemaRecipe } from './define.ts';

/** Pages that Stripe hosts, and files. */
export const pages = [
  schemaRecipe({
    id: 'portal',
    about: 'The customer portal is configured, and a customer sent there.',
    fires: [
      'billing_portal.configuration.created',
      'billing_portal.configuration.updated',
      'billing_portal.session.created',
    ],
    async run({ stripe }) {
      const { id: customer } = await stripe.customers.create({ name: 'Jenny Rosen' });
      const { id: configuration } = await stripe.billingPortal.configurations.create({
        name: 'Standard',
        business_profile: { headline: 'Rocket Rides partners with Stripe for simplified billing.' },
        default_return_url: 'https://rocketrides.example/account',
        features: {
          customer_update: { enabled: true, allowed_updates: ['email', 'address'] },
          invoice_history: { enabled: true },
          payment_method_update: { enabled: true },
        },
      });
      await stripe.billingPortal.configurations.update(configuration, { name: 'Standard, 2026' });
      await stripe.billingPortal.sessions.create({
        customer,
        configuration,
        return_url: 'https://rocketrides.example/account',
      });
    },
  }),
  schemaRecipe({
    id: 'payment-link',
    about: 'A link is made that takes payments, and switched off.',
    fires: ['payment_link.created', 'payment_link.updated'],
    async run({ stripe }) {
      const { id: price } = await stripe.prices.create({
        currency: 'usd',
        unit_amount: 2000,
        product_data: { name: 'Ride' },
      });
      const { id } = await stripe.paymentLinks.create({ line_items: [{ price, quantity: 1 }] });
      await stripe.paymentLinks.update(id, { active: false });
    },
  }),
  schemaRecipe({
    id: 'identity',
    about: 'A customer is asked for an identity document.',
    fires: ['identity.verification_session.created'],
    async run({ stripe }) {
      await stripe.identity.verificationSessions.create({
        type: 'document',
        metadata: { user: '6735' },
        provided_details: { email: 'jenny.rosen@example.com' },
      });
    },
  }),
];
