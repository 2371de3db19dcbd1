import { createHash, randomBytes } from 'node:crypto';

/** Where randomness comes from: ids, secrets, jitter. Seeded, it repeats itself. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `length` characters of 0-9, A-Z, a-z. */
  text(length: number): string;
  /** Where the sequence stands, to be restored by `random(state)`. */
  state(): string;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A source of randomness: from the system without a seed, repeatable with one (xoshiro128**, seeded by SHA-256). */
export function random(seed?: string): Random {
  const saved = seed && /^x:([0-9a-f]{32})$/.exec(seed)?.[1];
  const bytes = saved
    ? Buffer.from(saved, 'hex')
    : seed === undefined
      ? randomBytes(16)
      : createHash('sha256').update(seed).digest().subarray(0, 16);
  const words = new Uint32Array(4);
  for (let i = 0; i < 4; i++) words[i] = bytes.readUInt32BE(i * 4);
  if (words.every((word) => word === 0)) words[0] = 1;

  const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by));
  const draw = (): number => {
    const [a, b, c, d] = words as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    words[2] = c ^ a;
    words[3] = d ^ b;
    words[1] = b ^ words[2]!;
    words[0] = a ^ words[3]!;
    words[2] = words[2]! ^ (b << 9);
    words[3] = rotate(words[3]!, 11);
    return result;
  };
  return {
    next: () => draw() / 0x1_0000_0000,
    text(length) {
      let text = '';
      for (let i = 0; i < length; i++) text += ALPHABET[Math.floor((draw() / 0x1_0000_0000) * 62)];
      return text;
    },
    state: () =>
      `x:${Buffer.from(new Uint8Array(new Uint32Array(words).buffer))
        .swap32()
        .toString('hex')}`,
  };
}

/** Whole seconds as six base-62 characters: what makes ids sort by time, as Stripe's do. */
export function sortableSeconds(seconds: number): string {
  let text = '';
  for (let rest = seconds, i = 0; i < 6; i++, rest = Math.floor(rest / 62)) text = ALPHABET[rest % 62] + text;
  return text;
}
