import type { JsonObject } from '../../../src/base/json.ts';
import { useSession } from '../api/session.ts';
import { CopyButton } from './copy.tsx';
import { asCurl, asFixture, asHandler, asJson } from './snippets.ts';

type Props = { event: JsonObject & { type: string }; why?: string };

/** An event to take along: as JSON, as a signed request, as a test, as the handler it needs. */
export function CopyAs({ event, why }: Props) {
  const { addresses, path } = useSession();
  const url = addresses['Receiver'] ?? new URL(path, location.href).href;
  return (
    <>
      <CopyButton label="Copy JSON" text={() => asJson(event)} />
      <CopyButton label="curl" text={() => asCurl(event, url)} />
      <CopyButton label="Test fixture" text={() => asFixture(event)} />
      <CopyButton label="Handler" text={() => asHandler(event, why)} />
    </>
  );
}
