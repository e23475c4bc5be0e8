import{failedAttemptLine,logLine,timestamp}from"./chunk-62JABBLZ.js";import"./chunk-7XMDQMDO.js";export{failedAttemptLine,logLine,timestamp};
