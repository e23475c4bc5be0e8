import{GLOBAL_FLAGS}from"./chunk-UCGCFS7I.js";import{flagBlock}from"./chunk-Z3WBQHXB.js";import"./chunk-6ODNUYCV.js";import"./chunk-YAYUYE7Y.js";import"./chunk-O36QDDNW.js";import"./chunk-A3RP6EYW.js";import"./chunk-5DRYX6UT.js";import"./chunk-7XMDQMDO.js";async function run({io}){io.write(`The following options can be passed to any command:

${flagBlock(GLOBAL_FLAGS)}`)}var command={use:"",flags:[],run};export{command};
