/**
 * What Linux says about a process: processor time of all its threads, resident memory, who listens on a port
 * (proc(5)). Parsers are apart from the reading of files.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** /proc counts processor time in hundredths of a second, whatever the kernel's own tick is (USER_HZ). */
const TICK_MS = 10;
/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

/** User and system time of all threads, milliseconds, from /proc/PID/stat. The name may hold blanks and brackets. */
export function parseCpuMs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Counted from the state, which is field 3: utime is field 14, stime field 15.
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident bytes, from /proc/PID/status. */
export function parseResidentBytes(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Inodes of the sockets that listen on a port, from /proc/net/tcp or tcp6. */
export function parseListeners(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === LISTEN)
    .map((fields) => fields[9]);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function holds(pid: string, links: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return links.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false; // closed meanwhile
      }
    });
  } catch {
    return false; // another user's process, or gone
  }
}

/** The process that listens on a local TCP port, if we may see it. */
export function listenerOf(port: number): number | undefined {
  const tables = readIfThere('/proc/net/tcp') + readIfThere('/proc/net/tcp6');
  const links = new Set(parseListeners(tables, port).map((inode) => `socket:[${inode}]`));
  if (links.size === 0) return undefined;
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, links));
  return pid === undefined ? undefined : Number(pid);
}

export interface Usage {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Of several processes together; undefined if one of them is gone. */
export function usageOf(pids: readonly number[]): Usage | undefined {
  let cpuMs = 0;
  let residentBytes = 0;
  for (const pid of pids) {
    const stat = readIfThere(`/proc/${pid}/stat`);
    if (stat === '') return undefined;
    cpuMs += parseCpuMs(stat);
    residentBytes += parseResidentBytes(readIfThere(`/proc/${pid}/status`));
  }
  return { cpuMs, residentBytes };
}
