import{showValue,zeroValue}from"./chunk-6ODNUYCV.js";var MIN_NAME_WIDTH=11,KIND_WORDS={bool:"",string:"string",int:"int",uint:"uint",duration:"duration",list:"strings"};function defaultNote(spec){let value=spec.default;return value===void 0||value===zeroValue(spec.kind)||Array.isArray(value)&&value.length===0?"":spec.kind==="string"?` (default "${value}")`:` (default ${showValue(spec.kind,value)})`}function flagBlock(specs){let rows=specs.filter(spec=>spec.hidden!==!0).toSorted((a,b)=>a.name<b.name?-1:1).map(spec=>{let word=spec.word??KIND_WORDS[spec.kind];return{left:`${spec.short===void 0?"      ":`  -${spec.short}, `}--${spec.name}${word===""?"":" "+word}`,spec}}),width=Math.max(...rows.map(row=>row.left.length));return rows.map(row=>`${row.left.padEnd(width)}   ${row.spec.usage}${defaultNote(row.spec)}
`).join("")}function commandList(nodes,width){return nodes.map(node=>`  ${node.name.padEnd(width)} ${node.short}
`).join("")}function commandLists(group){let nodes=(group.children??[]).filter(node=>node.hidden!==!0).toSorted((a,b)=>a.name<b.name?-1:1),width=Math.max(MIN_NAME_WIDTH,...nodes.map(node=>node.name.length));return[...new Set((group.children??[]).map(node=>node.title))].map(title=>{let list=commandList(nodes.filter(node=>node.title===title),width);return`
${title??"Available Commands:"}
${list}`}).join("")}var helpFlag=name=>({name:"help",short:"h",kind:"bool",usage:`help for ${name}`});function usageText(subject){let names=subject.path.map(node2=>node2.name).join(" "),node=subject.path[subject.path.length-1],isGroup=node.children!==void 0,use=subject.use===void 0||subject.use===""?names:`${names} ${subject.use}`,text=`Usage:
  ${isGroup?`${names} [command]`:use.endsWith("]")&&use.includes("|")?use:`${use} [flags]`}
`;return subject.examples!==void 0&&subject.examples.length>0&&(text+=`
Examples:
${subject.examples.map(example=>`  ${example}
`).join("")}`),isGroup&&(text+=commandLists(node)),subject.path.length>1&&(text+=`
Flags:
${flagBlock([...subject.flags,helpFlag(node.name)])}`),subject.inherited!==void 0&&subject.inherited.length>0&&(text+=`
Global Flags:
${flagBlock(subject.inherited)}`),isGroup&&(text+=`
Use "${names} [command] --help" for more information about a command.
`),text}function helpText(subject){let root=subject.path[0].name,node=subject.path[subject.path.length-1],description=(subject.long??node.short).trimEnd(),hint=`Use "${root} options" for a list of global command-line options (applies to all commands).`;return`${description}

${usageText(subject)}${hint}
`}export{flagBlock,helpFlag,usageText,helpText};
