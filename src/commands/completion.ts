/** `kvctl completion`: a script for a shell, which asks `kvctl __complete` for the words. */
import type { Command, Context } from './command.ts';
import { PROGRAM } from './table.ts';

const bash = `# bash completion for ${PROGRAM}                              -*- shell-script -*-

__${PROGRAM}_complete() {
    local words
    COMPREPLY=()
    words=$(${PROGRAM} __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)
    while IFS='' read -r word; do
        COMPREPLY+=("$word")
    done < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}

complete -o default -F __${PROGRAM}_complete ${PROGRAM}
`;

const zsh = `#compdef ${PROGRAM}

_${PROGRAM}() {
    local -a words_with_help
    local line
    while IFS='' read -r line; do
        words_with_help+=("\${line/$'\\t'/:}")
    done < <(${PROGRAM} __complete "\${words[@]:1:$((CURRENT-1))}" 2>/dev/null)
    _describe '${PROGRAM}' words_with_help
}

compdef _${PROGRAM} ${PROGRAM}
`;

const fish = `# fish completion for ${PROGRAM}

function __${PROGRAM}_complete
    set -l words (commandline -opc) (commandline -ct)
    ${PROGRAM} __complete $words[2..-1] 2>/dev/null
end

complete -c ${PROGRAM} -a '(__${PROGRAM}_complete)'
`;

const powershell = `# powershell completion for ${PROGRAM}

Register-ArgumentCompleter -Native -CommandName '${PROGRAM}' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
    if ($wordToComplete -eq '') { $words += '' }
    & ${PROGRAM} __complete @words 2>$null | ForEach-Object {
        $parts = $_ -split "\`t", 2
        $help = if ($parts.Length -gt 1) { $parts[1] } else { $parts[0] }
        [System.Management.Automation.CompletionResult]::new($parts[0], $parts[0], 'ParameterValue', $help)
    }
}
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash, zsh, fish, powershell };

function refuse(args: readonly string[], path: string): string | undefined {
  if (args.length !== 1) return `accepts 1 arg(s), received ${args.length}`;
  return args[0] in SCRIPTS ? undefined : `invalid argument "${args[0]}" for "${path}"`;
}

async function run({ args, io }: Context): Promise<void> {
  io.write(SCRIPTS[args[0]]);
}

export const command: Command = {
  use: '[bash|zsh|fish|powershell]',
  long: `Prints a completion script.

bash:        source <(${PROGRAM} completion bash)
zsh:         source <(${PROGRAM} completion zsh)
fish:        ${PROGRAM} completion fish | source
PowerShell:  ${PROGRAM} completion powershell | Out-String | Invoke-Expression`,
  examples: [
    '# In ~/.bashrc: source <(kvctl completion bash)',
    '$ kvctl completion bash',
    '# bash completion for kvctl ...',
    '...',
  ],
  flags: [],
  refuse,
  run,
};
