/** `kvctl serve --help`, made from the table of flags. */
import { goDuration } from '../logging/index.ts';
import { FEATURE_GATES } from './feature-gates.ts';
import { envName, type FlagGroup, type FlagSpec } from './flag-spec.ts';
import { FLAG_ROWS } from './flags/index.ts';
import { type ServerUrl, urlTexts } from './urls.ts';

const WIDTH = 100;
const INDENT = '      ';

const INTRO = `Start a member of an etcd-compatible cluster.

Usage:
  kvctl serve [flags]
  kvctl serve --config-file <file>
  kvctl serve --version
  kvctl serve --help

Without flags, one member serves clients on http://localhost:2379 and keeps its data in ./default.etcd.
`;

const RULES = `
Flags are written --flag value, --flag=value or -flag value. A boolean takes a value only behind "=":
--pre-vote=false. Durations have a unit: 300ms, 5s, 1h30m. Lists and URLs have commas between.

Each flag can be given as an environment variable instead: ${envName('listen-client-urls')} for
--listen-client-urls. Giving both is an error.

--config-file reads everything from one YAML or JSON file; flags and environment are then ignored. Its keys
are the names of the flags, durations are whole nanoseconds, lists of URLs are one text with commas. TLS
settings are under client-transport-security and peer-transport-security, discovery under discovery-config.

A flag marked * is accepted and has no effect in this version; giving it is logged as a warning.
`;

const GROUP_ORDER: readonly FlagGroup[] = [
  'Member',
  'Clustering',
  'Security',
  'Auth',
  'Profiling and Monitoring',
  'Logging',
  'Distributed tracing',
  'Features',
  'Unsafe feature',
];

/** The default as it would be written on the command line. */
export function defaultText(spec: FlagSpec): string {
  const { default: value, kind, shownDefault } = spec;
  if (shownDefault !== undefined) return shownDefault;
  if (kind === 'duration') return `'${goDuration(value as number)}'`;
  if (kind === 'urls') return `'${urlTexts(value as readonly ServerUrl[]).join(',')}'`;
  return `'${Array.isArray(value) ? value.join(',') : String(value)}'`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && INDENT.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${INDENT}${each}\n`).join('');
}

function gateLines(): string {
  return Object.entries(FEATURE_GATES)
    .map(
      ([name, gate]) => `${INDENT}  ${name} (${gate.stage}, ${gate.default ? 'on' : 'off'}): ${gate.help}\n`,
    )
    .concat(`${INDENT}  AllAlpha, AllBeta: every gate of that stage\n`)
    .join('');
}

function flagText(spec: FlagSpec): string {
  const mark = spec.effect.kind === 'effective' ? '' : ' *';
  const gates = spec.kind === 'gates' ? gateLines() : '';
  return `  --${spec.flag} ${defaultText(spec)}${mark}\n${wrap(spec.help)}${gates}`;
}

export function usageText(): string {
  return `${INTRO}\nSee "kvctl serve --help" for all flags.\n`;
}

export function helpText(): string {
  const groups = GROUP_ORDER.map((group) => {
    const flags = FLAG_ROWS.filter(([, spec]) => spec.group === group).map(([, spec]) => flagText(spec));
    return `\n${group}:\n${flags.join('')}`;
  });
  return `${INTRO}${RULES}${groups.join('')}`;
}
