import{TlsFileError,loadTls}from"./chunk-C2CLXW5Q.js";import"./chunk-7XMDQMDO.js";export{TlsFileError,loadTls};
