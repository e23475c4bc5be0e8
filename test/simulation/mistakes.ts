/**
 * Mistakes that the simulation has to find: each is one that somebody could make, put in from outside through a port or
 * a patched part. A checker that has never failed has shown nothing.
 */
import type { Backend, BackendWrite } from '../../src/core/ports/backend.ts';
import type { Disk, DiskFile } from '../../src/core/ports/disk.ts';
import type { LogBatch, LogDone, LogStore } from '../../src/core/ports/log-store.ts';
import { toLatin1 } from '../../src/core/wire/bytes.ts';
import { WatchResponse } from '../../src/core/wire/gen/rpc.ts';
import { wholeMessage } from '../../src/services/method.ts';
import type { WatchSink } from '../../src/services/watch/stream.ts';
import type { Mistake, MistakeContext } from './mistake.ts';

/** A port, with some of its calls done otherwise. */
function otherwise<T extends object>(port: T, calls: Partial<T>): T {
  return new Proxy(port, {
    get(target, name) {
      const own = (calls as Record<PropertyKey, unknown>)[name];
      if (own !== undefined) return own;
      const value = (target as Record<PropertyKey, unknown>)[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Commits of the backend, done otherwise. */
export function committing(
  change: (writes: readonly BackendWrite[], backend: Backend, c: MistakeContext) => Promise<void>,
) {
  return (backend: Backend, context: MistakeContext): Backend =>
    otherwise<Backend>(backend, { commit: (writes) => change(writes, backend, context) });
}

const without = (bucket: string) =>
  committing((writes, backend) => backend.commit(writes.filter((w) => w.bucket !== bucket)));

function appending(change: (batch: LogBatch, done: LogDone, log: LogStore, c: MistakeContext) => void) {
  return (log: LogStore, context: MistakeContext): LogStore =>
    otherwise<LogStore>(log, { append: (batch, done) => change(batch, done, log, context) });
}

/** Acknowledgements that may be held back until the next one has come. */
function overtaking(log: LogStore, { random }: MistakeContext): LogStore {
  let held: (() => void) | undefined;
  return otherwise<LogStore>(log, {
    append(batch, done) {
      log.append(batch, (error) => {
        const first = held;
        held = undefined;
        if (!first && random() < 0.1) held = () => done(error);
        else {
          done(error);
          first?.();
        }
      });
    },
  });
}

/** Writes reach the disk some time. */
function lyingDisk(disk: Disk): Disk {
  const lie = (file: DiskFile): DiskFile =>
    otherwise<DiskFile>(file, {
      writeDurable: (bytes, length, position, done) =>
        void file.write(bytes.slice(0, length), position).then(() => done(null)),
    });
  return otherwise<Disk>(disk, {
    open: async (path, mode, options) => lie(await disk.open(path, mode, options)),
  });
}

/** Responses on their way to a client, changed. */
function sending(change: (response: WatchResponse, send: (r: WatchResponse) => boolean) => boolean) {
  return (sink: WatchSink): WatchSink => ({
    send: (response) =>
      change(WatchResponse.decode(wholeMessage(response)), (r) => sink.send(WatchResponse.encode(r))),
    whenDrained: (listener) => sink.whenDrained(listener),
    fail: (status) => sink.fail(status),
  });
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'the log acknowledges before the write is durable',
    log: appending((batch, done, log, { clock }) => {
      log.append(batch, () => {});
      clock.endOfTurn(() => done(null));
    }),
  },
  { name: 'acknowledgements of the log overtake each other', log: overtaking },
  { name: 'the disk says that writes are durable when they are not', disk: lyingDisk },
  {
    name: 'errors of the disk are passed over',
    disk: (disk) => {
      const deaf = (file: DiskFile): DiskFile =>
        otherwise<DiskFile>(file, {
          writeDurable: (bytes, length, position, done) =>
            file.writeDurable(bytes, length, position, () => done(null)),
        });
      return otherwise<Disk>(disk, {
        open: async (path, mode, options) => deaf(await disk.open(path, mode, options)),
      });
    },
  },
  {
    name: 'names of new files are not synced',
    disk: (disk) => otherwise<Disk>(disk, { syncDirectory: async () => {} }),
  },
  {
    name: 'replay loses the last entry of the log',
    contents: (contents) => ({ ...contents, entries: contents.entries.slice(0, -1) }),
  },
  { name: 'a commit of the backend leaves out the applied index', backend: without('meta') },
  {
    name: 'the applied index is one ahead of the data',
    backend: committing((writes, backend) =>
      backend.commit(
        writes.map((w) => {
          if (toLatin1(w.key) !== 'consistent_index') return w;
          const value = Buffer.from(w.value!);
          value.writeBigUInt64BE(value.readBigUInt64BE(0) + 1n);
          return { ...w, value };
        }),
      ),
    ),
  },
  {
    name: 'a commit of the backend is torn in two',
    backend: committing(async (writes, backend) => {
      const half = writes.length >> 1;
      const first = backend.commit(writes.slice(0, half));
      const second = backend.commit(writes.slice(half));
      await first;
      await second;
    }),
  },
  {
    name: 'a commit is reported before it is there',
    backend: committing(async (writes, backend) => {
      void backend.commit(writes);
    }),
  },
  { name: 'leases are not stored', backend: without('lease') },
  {
    name: 'the hub drops an event, once in twenty revisions',
    member({ hub }, { random }) {
      const notify = hub.notify.bind(hub);
      hub.notify = (revision, changes) => notify(revision, random() < 0.05 ? changes.slice(1) : changes);
    },
  },
  {
    name: 'events are delivered twice, once in twenty responses',
    sink: (sink, { random }) =>
      sending((response, send) => {
        if (response.events.length > 0 && random() < 0.05) send(response);
        return send(response);
      })(sink),
  },
  {
    name: 'the events of a transaction come in two responses',
    sink: sending((response, send) => {
      const { events } = response;
      if (events.length < 2) return send(response);
      send({ ...response, events: events.slice(0, -1) });
      return send({ ...response, events: events.slice(-1) });
    }),
  },
  {
    name: 'a watch in the past starts one revision late',
    member({ hub }) {
      const add = hub.add.bind(hub);
      hub.add = (watcher) => {
        if (watcher.startRevision > 1) Object.assign(watcher, { startRevision: watcher.startRevision + 1 });
        add(watcher);
      };
    },
  },
  {
    name: 'progress is reported from the store, ahead of the hub',
    member({ hub }) {
      hub.inSync = () => true;
    },
  },
  {
    name: 'a key is not attached to its lease, once in five',
    member({ lessor }, { random }) {
      const attach = lessor.attach.bind(lessor);
      lessor.attach = (key, id) => {
        if (random() > 0.2) attach(key, id);
      };
    },
  },
  {
    name: 'leases end a second early',
    member({ lessor }) {
      const expired = lessor.expired.bind(lessor);
      lessor.expired = (now, limit) => expired(now + 1000, limit);
    },
  },
  {
    name: 'reads do not wait for the read index',
    member(member, { clock }) {
      member.barrier = (done) => clock.endOfTurn(() => done(undefined));
    },
  },
  {
    name: 'a read is answered from the revision before, once in fifty',
    member({ store }, { random }) {
      const range = store.range.bind(store);
      store.range = (options) => {
        const revision = store.currentRevision - 1;
        const late = !options.revision && random() < 0.02 && revision > Math.max(1, store.compactRevision);
        return late ? { ...range({ ...options, revision }), revision: revision + 1 } : range(options);
      };
    },
  },
  {
    name: 'a compaction takes one revision too many',
    member({ store }) {
      const compact = store.compact.bind(store);
      store.compact = (revision) =>
        compact(Math.min(revision + 1, Math.max(revision, store.currentRevision)));
    },
  },
];
