import { random } from '../../base/ids.ts';
import { createReceiver } from '../../receiver/index.ts';
import { createSqliteStore } from '../../store/sqlite/index.ts';
import { API_OPTIONS, needApiClient } from '../api-client.ts';
import { defineCommand, UsageError, type Invocation, type Output } from '../define.ts';
import { applyEndpoint, planEndpoint, type EndpointPlan } from '../endpoint.ts';
import { HANDLERS_OPTION, loadHandlers } from '../load-handlers.ts';

const OPTIONS = [
  HANDLERS_OPTION,
  { flags: '--url <address>', about: 'the endpoint’s public address' },
  { flags: '--endpoint <id>', about: 'this one (we_…), where several have the address' },
  { flags: '--connect', about: 'the one for events of connected accounts' },
  ...API_OPTIONS,
];

export const endpointPlan = defineCommand({
  name: 'endpoint plan',
  about: 'Show which events Stripe should send, by your handlers, and what it sends now.',
  options: OPTIONS,
  async run({ options, out }) {
    const plan = await planOf(options);
    print(out, plan);
    out.data(plan);
  },
});

export const endpointApply = defineCommand({
  name: 'endpoint apply',
  about: 'Create the endpoint at Stripe, or change its event types to what your handlers need.',
  options: OPTIONS,
  async run({ options, out }) {
    const plan = await planOf(options);
    print(out, plan);
    if (plan.id !== null && plan.add.length === 0 && plan.remove.length === 0) {
      out.data({ ...plan, applied: false });
      return;
    }
    const endpoint = await applyEndpoint(await needApiClient(options), plan, {
      connect: options['connect'] === true,
    });
    out.line(plan.id === null ? `Created ${endpoint.id}.` : `Changed ${endpoint.id}.`);
    if (endpoint.secret) out.line(`Its secret, told this once: ${endpoint.secret}`);
    out.data({ ...plan, id: endpoint.id, applied: true, ...(endpoint.secret && { secret: endpoint.secret }) });
  },
});

async function planOf(options: Invocation['options']): Promise<EndpointPlan> {
  const { url = '', endpoint: id } = options as { url?: string; endpoint?: string };
  if (id !== undefined && url !== '') throw new UsageError('Say --url or --endpoint: the one names the other.');
  if (id === undefined && !/^https?:\/\/[^/]/.test(url)) throw new UsageError('Say which endpoint: --url https://….');
  if (!options['handlers']) throw new UsageError('Say which handlers: --handlers FILE.');
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: `whsec_${random().text(32)}` });
  await loadHandlers(receiver, options['handlers'] as string);
  const { handlers } = await receiver.status();
  return planEndpoint(
    await needApiClient(options),
    { url, id, connect: options['connect'] === true },
    handlers.map(({ pattern }) => pattern),
  );
}

function print(out: Output, { url, id, status, wanted, add, remove, api_version }: EndpointPlan) {
  out.line(`${url}  ${id === null ? 'does not exist yet' : `${id}, ${status}`}`);
  for (const type of wanted) out.line(`  ${add.includes(type) ? '+' : ' '} ${type}`);
  for (const type of remove) out.line(`  - ${type}`);
  if (id !== null && api_version.now !== api_version.sdk)
    out.line(
      `  ! it speaks ${api_version.now ?? 'the account’s default version'}; the types you compile against are of ${api_version.sdk} (a new endpoint gets that version, no other can)`,
    );
}
