import { startCluster, kvctl, startMember } from '../../support/cluster-processes.ts';
import { freePorts, run } from '../../support/processes.ts';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
describe('mixed', function () { this.timeout(60000);
 it('y', async () => {
  const dir = mkdtempSync('/tmp/kvmix-');
  const [p0,p1,p2,c2] = await freePorts(4);
  const ic = `m0=http://127.0.0.1:${p0},m1=http://127.0.0.1:${p1},e=http://127.0.0.1:${p2}`;
  let log='';
  const etcd = () => { const e = spawn('/opt/etcd37/etcd', ['--name=e',`--data-dir=${dir}/e`,`--listen-client-urls=http://127.0.0.1:${c2}`,`--advertise-client-urls=http://127.0.0.1:${c2}`,`--listen-peer-urls=http://127.0.0.1:${p2}`,`--initial-advertise-peer-urls=http://127.0.0.1:${p2}`,`--initial-cluster=${ic}`]); e.stderr.on('data',d=>log+=d); return e; };
  let e = etcd();
  const ms = await Promise.all([p0,p1].map((p,i)=>startMember(dir,{name:`m${i}`,peerPort:p,initialCluster:ic})));
  const eps = [...ms.map(m=>m.endpoint),`127.0.0.1:${c2}`];
  const show = async (...a: string[]) => console.log(a.join(' '), '=>', await kvctl(eps.join(','), ...a).then(r=>r.stdout+r.stderr.slice(-300)));
  try {
    await new Promise(r=>setTimeout(r,1500));
    for (const [i,x] of eps.entries()) { console.log(i, (await kvctl(x,'put',`k${i}`,'v')).stdout); for (const y of eps) console.log((await kvctl(y,'get',`k${i}`)).stdout.replace(/\n/g,' ')); }
    await show('endpoint','status'); await show('member','list');
    for (const x of eps) { const g=(await kvctl(x,'lease','grant','50')).stdout; const id=/lease (\w+)/.exec(g)?.[1]!; for (const y of eps) console.log((await kvctl(y,'lease','keep-alive','--once',id)).stdout.trim(), (await kvctl(y,'lease','timetolive',id,'--keys')).stdout.trim()); }
    const ml=(await kvctl(eps[0],'member','list')).stdout; const eid=/(\w+), started, e,/.exec(ml)?.[1]!;
    await show('move-leader', eid); await show('endpoint','status');
    for (const y of eps) console.log('put with etcd leader', (await kvctl(y,'put','z','1')).stdout.trim(), (await kvctl(y,'get','z')).stdout.replace(/\n/g,' '));
    e.kill('SIGKILL');
    for (let i=0;i<8;i++) { const r=await kvctl(ms[0].endpoint,'put','y'+i,'1'); console.log('after kill', r.stdout.trim(), r.stderr.slice(-100)); }
    e = etcd(); await new Promise(r=>setTimeout(r,2500));
    await show('endpoint','status'); await show('endpoint','hashkv');
    console.log((await run('/opt/etcd37/etcdctl',[`--endpoints=${eps[0]}`,'endpoint','hashkv','--cluster'])).stdout);
  } finally { writeFileSync('/tmp/mix-e.log',log); writeFileSync('/tmp/mix-0.log',ms[0].log()); e.kill('SIGKILL'); for (const m of ms) await m.dispose(); rmSync(dir,{recursive:true,force:true}); }
 });
});
