/** A step of the examples in a document: a comment and the block below it. */
export type DocStep =
  | { readonly does: 'scene'; readonly line: number }
  | { readonly does: 'closed'; readonly who: string; readonly code: number; readonly line: number }
  | {
      readonly does: 'send';
      readonly who: string;
      readonly text: string;
      readonly verbatim: boolean;
      readonly line: number;
    }
  | { readonly does: 'receive'; readonly who: string; readonly text: string; readonly line: number };

const COMMENT = /^<!-- (?<words>[a-z0-9 -]+) -->$/;
const FENCE = /^```(?<language>[a-z]*)$/;

/**
 * The steps of a Markdown document in order: `<!-- send WHO [verbatim] -->` and `<!-- receive WHO -->` before a
 * fenced block, `<!-- closed WHO CODE -->` and `<!-- scene -->` (all clients leave) alone.
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

function aloneStep([does, who = '', code]: readonly string[], line: number): DocStep {
  return does === 'scene' ? { does, line } : { does: 'closed', who, code: Number(code), line };
}

function blockStep(words: readonly string[] | undefined, text: string, line: number): DocStep | undefined {
  if (!words) return undefined;
  const [does, who = '', how] = words;
  if (does === 'send') return { does, who, text, verbatim: how === 'verbatim', line };
  if (does === 'receive') return { does, who, text, line };
  throw new Error(`line ${line}: unknown step: ${words.join(' ')}`);
}
