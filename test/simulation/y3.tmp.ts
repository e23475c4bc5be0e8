import { runPowerCuts } from './pc.tmp.ts';
const { wrong } = await runPowerCuts({ seed: Number(process.argv[2]), trace: console.log });
console.log(wrong);
