import{VERSION}from"./chunk-I77VPNZZ.js";import"./chunk-7XMDQMDO.js";async function run({io,path}){io.write(`${path[0]} version: ${VERSION}
API version: ${"3.7"}
`)}var command={use:"",flags:[],run};export{command};
