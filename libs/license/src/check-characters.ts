/** Crockford's base32: no I, L, O, U. The position of a character is its value. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Check characters of a key. */
export const CHECK_LENGTH = 4;

/**
 * The Reed–Solomon check characters of a text of up to 27 Crockford characters: a code over GF(32) of length at most 31
 * with four check symbols has distance 5, so that any change of up to four characters shows. A typo changes one
 * character, a swap of neighbors two; both are caught wherever they happen, the check characters included.
 */
export function checkCharacters(text: string): string {
  const remainder = new Array<number>(CHECK_LENGTH).fill(0);
  for (const character of text) divideBy(remainder, CROCKFORD.indexOf(character));
  return remainder.map((value) => CROCKFORD.charAt(value)).join('');
}

/** One step of the polynomial division by the generator, highest power first. */
function divideBy(remainder: number[], symbol: number): void {
  const factor = symbol ^ (remainder.shift() ?? 0);
  remainder.push(0);
  MULTIPLES[factor]?.forEach((product, i) => {
    remainder[i] = (remainder[i] ?? 0) ^ product;
  });
}

/** (x − α)(x − α²)(x − α³)(x − α⁴) without its leading 1, highest power first; α = 2. */
const GENERATOR = [1, 2, 3, 4]
  .map(power)
  .reduce((polynomial, root) => timesRoot(polynomial, root), [1])
  .slice(1);

/** The generator times each element of the field. */
const MULTIPLES = Array.from({ length: 32 }, (_, factor) =>
  GENERATOR.map((coefficient) => multiply(factor, coefficient)),
);

function timesRoot(polynomial: readonly number[], root: number): number[] {
  const shifted = [...polynomial, 0];
  return shifted.map((coefficient, i) => coefficient ^ multiply(polynomial[i - 1] ?? 0, root));
}

function power(exponent: number): number {
  return exponent === 0 ? 1 : multiply(2, power(exponent - 1));
}

/** Product in GF(32) = GF(2)[x] / (x⁵ + x² + 1). */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 4; bit >= 0; bit--) {
    product <<= 1;
    if (product & 32) product ^= 0b100101;
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}
