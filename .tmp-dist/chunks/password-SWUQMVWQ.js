import{askPassword}from"./chunk-T7GSA22V.js";import"./chunk-O36QDDNW.js";import"./chunk-7XMDQMDO.js";export{askPassword};
