import { SETTING_NAMES } from './read-settings.js';
import { SETTINGS, type Setting } from './settings.js';

/** The settings as a plain text table, for `--help`. */
export function settingsText(): string {
  const width = Math.max(...SETTING_NAMES.map((name) => name.length));
  return rows()
    .map(
      ({ name, fallback, meaning }) => `  ${name.padEnd(width)}  ${meaning}${fallback === '' ? '' : ` [${fallback}]`}`,
    )
    .join('\n');
}

/** The settings as a Markdown table, for docs/settings.md. */
export function settingsMarkdown(): string {
  const lines = rows().map(({ name, fallback, meaning }) => `| \`${name}\` | ${fallback} | ${meaning} |`);
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

interface Row {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

function rows(): Row[] {
  return SETTING_NAMES.map((name) => {
    const setting: Setting = SETTINGS[name];
    const file = setting.secret === true ? ` (or a file: \`${name}_FILE\`)` : '';
    return { name, fallback: setting.fallback ?? '', meaning: setting.meaning + file };
  });
}
