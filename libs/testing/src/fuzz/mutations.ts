import fc from 'fast-check';

/** A change of an input. Positions and lengths are parts of 1,000 of the input, so that a change fits any input. */
type Mutation =
  | { readonly kind: 'insert'; readonly at: number; readonly text: string; readonly times: number }
  | {
      readonly kind: 'replace' | 'delete' | 'duplicate';
      readonly at: number;
      readonly length: number;
      readonly text: string;
    }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'splice'; readonly at: number; readonly other: string; readonly from: number };

const WHOLE = 1_000;
const MOST_MUTATIONS = 8;
/** Deep nesting, long names and lists: some limits are reached by repetition only. */
const MOST_REPEATS = 3_000;

/**
 * Inputs of the corpus with some changes. Shrinking removes changes first, so that a failure comes with the fewest.
 *
 * @param tokens texts that mean something to the reader of the inputs.
 */
export function mutated(corpus: readonly string[], tokens: readonly string[]): fc.Arbitrary<string> {
  const position = fc.nat(WHOLE);
  const length = fc.nat(WHOLE / 4);
  const text = fc.oneof(
    fc.constantFrom('', '\0', '"', '\\', ...tokens),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.integer().map(String),
  );
  const times = fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(MOST_REPEATS) });
  const mutation: fc.Arbitrary<Mutation> = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), at: position, text, times }),
    fc.record({ kind: fc.constantFrom('replace', 'delete', 'duplicate'), at: position, length, text }),
    fc.record({ kind: fc.constant('cut' as const), at: position }),
    fc.record({
      kind: fc.constant('splice' as const),
      at: position,
      other: fc.constantFrom(...corpus),
      from: position,
    }),
  );
  return fc
    .tuple(fc.constantFrom(...corpus), fc.array(mutation, { maxLength: MOST_MUTATIONS }))
    .map(([input, mutations]) => mutations.reduce(apply, input));
}

function apply(input: string, mutation: Mutation): string {
  const at = positionIn(input, mutation.at);
  const before = input.slice(0, at);
  switch (mutation.kind) {
    case 'insert':
      return before + mutation.text.repeat(mutation.times) + input.slice(at);
    case 'cut':
      return before;
    case 'splice':
      return before + mutation.other.slice(positionIn(mutation.other, mutation.from));
    case 'replace':
    case 'delete':
    case 'duplicate': {
      const end = at + positionIn(input, mutation.length);
      const part = input.slice(at, end);
      const between = { replace: mutation.text, delete: '', duplicate: part + part };
      return before + between[mutation.kind] + input.slice(end);
    }
  }
}

function positionIn(input: string, part: number): number {
  return Math.round((input.length * part) / WHOLE);
}
