function timeoutFromNow({flags}){return Date.now()+flags.number("command-timeout")}export{timeoutFromNow};
