/** Deeper than anything Stripe sends (ten or so), and far from where functions that call themselves run out of stack. */
const MAX_DEPTH = 500;

/** A stored body as JSON; undefined when it is none, or nested too deeply to be worked with. */
export function parse(payload: Uint8Array): unknown {
  return parseText(textOf(payload));
}

/** A body as text. */
export const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('utf8');

/** The same of a text. */
export function parseText(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTooDeep(text: string): boolean {
  // Nearly always there are not even so many brackets, which costs a tenth of parsing to find out.
  if (brackets(text) <= MAX_DEPTH) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!;
    if (sign === '\\') at += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === '{' || sign === '[')) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (!quoted && (sign === '}' || sign === ']')) depth -= 1;
  }
  return false;
}

/** How many brackets are opened, strings included; one more than the limit stands for all that is more. */
function brackets(text: string): number {
  let count = 0;
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > MAX_DEPTH) return count;
    }
  return count;
}
