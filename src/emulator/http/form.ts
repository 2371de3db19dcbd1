/** A decoded form: a value, or named members. Lists are members with numbers for names until a shape says so. */
export type Form = string | FormHash;
export type FormHash = { [name: string]: Form };

const MAX_DEPTH = 24;

/** Why a form cannot be read, in words for its sender. */
export class FormError extends Error {}

/**
 * Decodes Stripe's bracket encoding (`a[b][0][c]=d`, `a[]=b`) as the SDK and the CLI send it. The last of two equal
 * names wins. The result has no prototype, so no name can reach one.
 */
export function decodeForm(text: string): FormHash {
  const root = hash();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : decode(part.slice(equals + 1));
    put(root, path(name), value);
  }
  return root;
}

const hash = (): FormHash => Object.create(null) as FormHash;

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new FormError(`'${text.slice(0, 40)}' is not valid URL encoding`);
  }
}

/** `a[b][]` → `a`, `b`, ``. A bracket that does not close belongs to the name. */
function path(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0 || !name.endsWith(']')) return [name];
  const names = [name.slice(0, open), ...name.slice(open + 1, -1).split('][')];
  if (names.length > MAX_DEPTH) throw new FormError(`'${name.slice(0, 40)}…' is nested too deeply`);
  return names;
}

function put(root: FormHash, names: string[], value: string): void {
  let at = root;
  names.forEach((given, i) => {
    const name = given === '' && i > 0 ? place(at, names[i + 1]) : given;
    if (i === names.length - 1) at[name] = value;
    else {
      const next = at[name];
      at = at[name] = typeof next === 'object' ? next : hash();
    }
  });
}

/** `a[]` appends; `a[][b]` goes to the last member as long as that has no `b` yet. */
function place(list: FormHash, member: string | undefined): string {
  const last = Math.max(-1, ...Object.keys(list).map(Number).filter(Number.isInteger));
  const open = list[last];
  return String(member && typeof open === 'object' && !(member in open) ? last : last + 1);
}
