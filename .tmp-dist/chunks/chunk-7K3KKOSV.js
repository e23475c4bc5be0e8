var FORMATS=["simple","json","fields","table","protobuf"];function isFormat(name){return FORMATS.includes(name)}export{FORMATS,isFormat};
