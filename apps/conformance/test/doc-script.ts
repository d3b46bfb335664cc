/** A step of the examples in a document: a comment and the block below it. */
export type DocStep =
  | { readonly does: 'scene'; readonly line: number }
  | { readonly does: 'closed'; readonly client: string; readonly code: number; readonly line: number }
  | {
      readonly does: 'send';
      readonly client: string;
      readonly text: string;
      readonly verbatim: boolean;
      readonly line: number;
    }
  | { readonly does: 'receive'; readonly client: string; readonly text: string; readonly line: number };

const COMMENT = /^<!-- (?<words>[a-z0-9 -]+) -->$/;
const FENCE = /^```(?<language>[a-z]*)$/;

/**
 * The steps of a Markdown document in order: `<!-- send CLIENT [verbatim] -->` and `<!-- receive CLIENT -->` before a
 * fenced block, `<!-- closed CLIENT CODE -->` and `<!-- scene -->` (all clients leave) alone.
 *
 * @throws Error with the line of an unknown comment, or of a JSON block without a comment.
 */
export function docScript(markdown: string): readonly DocStep[] {
  const lines = markdown.split('\n');
  const steps: DocStep[] = [];
  let words: readonly string[] | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const comment = COMMENT.exec(line)?.groups?.['words']?.split(' ');
    const language = FENCE.exec(line)?.groups?.['language'];
    if (comment && isAlone(comment)) steps.push(aloneStep(comment, index + 1));
    else if (comment) words = comment;
    else if (language !== undefined) {
      const end = lines.indexOf('```', index + 1);
      const step = blockStep(words, lines.slice(index + 1, end).join('\n'), index + 1);
      if (step) steps.push(step);
      else if (language === 'json') throw new Error(`line ${index + 1}: no client sends or receives this example`);
      words = undefined;
      index = end;
    }
  }
  return steps;
}

function isAlone([does]: readonly string[]): boolean {
  return does === 'scene' || does === 'closed';
}

function aloneStep([does, client = '', code]: readonly string[], line: number): DocStep {
  return does === 'scene' ? { does, line } : { does: 'closed', client, code: Number(code), line };
}

function blockStep(words: readonly string[] | undefined, text: string, line: number): DocStep | undefined {
  if (!words) return undefined;
  const [does, client = '', how] = words;
  if (does === 'send') return { does, client, text, verbatim: how === 'verbatim', line };
  if (does === 'receive') return { does, client, text, line };
  throw new Error(`line ${line}: unknown step: ${words.join(' ')}`);
}
