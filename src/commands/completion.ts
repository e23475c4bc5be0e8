/** `kvctl completion`: a script for a shell, which asks `kvctl __complete` for the words. */
import type { Command, Context } from './command.ts';
import { PROGRAM } from './table.ts';

const bash = `# bash completion for ${PROGRAM}                              -*- shell-script -*-

__${PROGRAM}_complete() {
    # Words as they were typed: those of bash are cut at '=' and ':' too.
    local line="\${COMP_LINE:0:COMP_POINT}" current="\${COMP_WORDS[COMP_CWORD]}"
    local words word lead quoted
    read -a words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    [[ $current == [=:] ]] && current=
    word="\${words[\${#words[@]}-1]}"
    lead="\${word%"$current"}"
    COMPREPLY=()
    while IFS=$'\\t' read -r word _; do
        printf -v quoted %q "\${word#"$lead"}"
        COMPREPLY+=("$quoted")
    done < <(${PROGRAM} __complete "\${words[@]:1}" 2>/dev/null)
    if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[/=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o default -F __${PROGRAM}_complete ${PROGRAM}
`;

const zsh = `#compdef ${PROGRAM}

_${PROGRAM}() {
    local -a whole open
    local line word
    for line in "\${(@f)$(${PROGRAM} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        word="\${line%%$'\\t'*}"
        [[ -z $word ]] && continue
        if [[ $word == *[/=] ]]; then open+=("$word"); else whole+=("$word"); fi
    done
    if (( ! $#whole && ! $#open )); then _files; return; fi
    compadd -a whole
    compadd -S '' -a open
}

compdef _${PROGRAM} ${PROGRAM}
`;

const fish = `# fish completion for ${PROGRAM}

function __${PROGRAM}_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (${PROGRAM} __complete $words[2..-1] 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end

complete -c ${PROGRAM} -f -a '(__${PROGRAM}_complete)'
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
  completes: [Object.keys(SCRIPTS)],
  flags: [],
  refuse,
  run,
};
