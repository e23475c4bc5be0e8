import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { formatName } from '../../../src/backup/name.ts';
import { s3Place } from '../../../src/backup/s3/credentials.ts';
import { elements, text } from '../../../src/backup/s3/xml.ts';
import { openTarget, type Target } from '../../../src/backup/target.ts';
import { verifyStored } from '../../../src/backup/verify.ts';
import { temporaryDirectory } from '../../support/processes.ts';
import { ACCESS_KEY, BUCKET, type Fault, S3Server, SECRET_KEY } from '../../support/s3-server.ts';

const ENV = { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY };
const MEBIBYTE = 1024 ** 2;
const never = new AbortController().signal;
const nameAt = (time: number): string => formatName({ clusterId: 7n, time, revision: 9 });

/** Bytes with their SHA-256 behind them, as a snapshot has. */
function content(bytes: number, fill = 5): Buffer {
  const data = Buffer.alloc(bytes - 32, fill);
  return Buffer.concat([data, createHash('sha256').update(data).digest()]);
}

describe('backups in a bucket', function () {
  this.timeout(30_000);
  let directory: string;
  let s3: S3Server;
  let target: Target;

  beforeEach(async () => {
    directory = temporaryDirectory('s3');
    s3 = await new S3Server().listen();
    target = await open();
  });

  afterEach(() => {
    s3.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function open(o: { env?: Record<string, string>; to?: string } = {}): Promise<Target> {
    const { env = ENV, to = `s3://${BUCKET}/a folder/b` } = o;
    return openTarget({ to, s3Endpoint: s3.endpoint, workDir: directory, env });
  }

  function part(bytes: Buffer, name = nameAt(1)): string {
    const path = target.partPath(name);
    writeFileSync(path, bytes);
    return path;
  }

  it('a file of several parts arrives whole, one part in memory at a time, and is read back', async () => {
    const bytes = content(17 * MEBIBYTE + 544);
    await target.publish(part(bytes), nameAt(1), never);
    assert.deepEqual([...s3.objects.keys()], [`a folder/b/${nameAt(1)}`]);
    assert.ok(s3.objects.get(`a folder/b/${nameAt(1)}`)!.equals(bytes));
    assert.ok(s3.largestBody <= 8 * MEBIBYTE, String(s3.largestBody));
    assert.equal(s3.uploads.size, 0);
    assert.deepEqual(await verifyStored(target, nameAt(1), never), { bytes: bytes.length });
    assert.deepEqual(s3.refused, []);
  });

  it('lists page after page in order of time, removes, and leaves strangers alone', async () => {
    for (const time of [5, 1, 3, 4, 2]) await target.publish(part(content(544)), nameAt(time), never);
    s3.objects.set('a folder/b/other & thing', Buffer.alloc(1));
    s3.objects.set(`a folder/${nameAt(9)}`, Buffer.alloc(1));
    await target.remove(nameAt(3));
    const listed = await target.list();
    assert.deepEqual(
      listed.map(({ time, bytes, clusterId, revision }) => [time, bytes, clusterId, revision]),
      [1, 2, 4, 5].map((time) => [time, 544, 7n, 9]),
    );
    assert.equal(s3.objects.size, 6);
  });

  it('takes a session token from the environment', async () => {
    s3.sessionToken = 'token/of=a+session';
    await assert.rejects(target.list(), /403 SignatureDoesNotMatch: wrong session token/);
    const withToken = await open({ env: { ...ENV, AWS_SESSION_TOKEN: s3.sessionToken } });
    assert.deepEqual(await withToken.list(), []);
  });

  it('tries again when the store or the way to it fails', async () => {
    const faults: (Fault | undefined)[] = [{ kind: 'status', status: 503 }, { kind: 'cut' }, undefined];
    s3.fault = (line) => (line.includes('partNumber=1') ? faults.shift() : undefined);
    await target.publish(part(content(544)), nameAt(1), never);
    assert.equal(s3.requests.filter((line) => line.includes('partNumber=1')).length, 3);
    assert.equal(s3.objects.size, 1);
  });

  it('does not try again what cannot get better', async () => {
    const other = await open({ to: 's3://another-bucket' });
    await assert.rejects(
      other.prepare(),
      /^BackupError: s3: GET http:\/\/127.0.0.1:\d+\/another-bucket: 404 NoSuchBucket: The specified bucket does not exist$/,
    );
    assert.equal(s3.requests.length, 1);
    const stranger = await open({ env: { ...ENV, AWS_SECRET_ACCESS_KEY: 'wrong' } });
    await assert.rejects(stranger.list(), /403 SignatureDoesNotMatch: the signature is another/);
  });

  it('a part that was damaged on its way: refused, and nothing is left', async () => {
    s3.fault = (line) => (line.includes('partNumber=2') ? { kind: 'flip' } : undefined);
    await assert.rejects(
      target.publish(part(content(9 * MEBIBYTE)), nameAt(1), never),
      /part 2 of .* was damaged on its way/,
    );
    assert.deepEqual([s3.objects.size, s3.uploads.size], [0, 0]);
  });

  it('an error behind a 200 is an error', async () => {
    s3.fault = (line) => (/^POST .*uploadId=/.test(line) ? { kind: 'late-error' } : undefined);
    await assert.rejects(
      target.publish(part(content(544)), nameAt(1), never),
      /completing .*: InternalError: We encountered/,
    );
    assert.deepEqual([s3.objects.size, s3.uploads.size], [0, 0]);
  });

  it('stopped in the middle: the upload is aborted', async () => {
    const stop = new AbortController();
    s3.fault = (line) => {
      if (line.includes('partNumber=2')) stop.abort();
      return undefined;
    };
    await assert.rejects(target.publish(part(content(9 * MEBIBYTE)), nameAt(1), stop.signal));
    assert.deepEqual([s3.objects.size, s3.uploads.size], [0, 0]);
  });

  it('what a run that was killed left behind is aborted after a day, other uploads are not', async () => {
    const upload = (id: string, key: string, age: number) =>
      s3.uploads.set(id, { key, initiated: new Date(Date.now() - age).toISOString(), parts: new Map() });
    upload('old', `a folder/b/${nameAt(1)}`, 25 * 3_600_000);
    upload('young', `a folder/b/${nameAt(2)}`, 3_600_000);
    upload('strange', 'a folder/b/video.mp4', 25 * 3_600_000);
    await target.prepare();
    assert.deepEqual([...s3.uploads.keys()], ['young', 'strange']);
  });

  it('damage in the store is found by reading back', async () => {
    await target.publish(part(content(2000 * 32)), nameAt(1), never);
    const key = `a folder/b/${nameAt(1)}`;
    const good = s3.objects.get(key)!;
    for (const bad of [good.subarray(0, 544), good.subarray(0, 100), Buffer.alloc(0), flipped(good, 700)]) {
      s3.objects.set(key, bad);
      await assert.rejects(verifyStored(target, nameAt(1), never), /is damaged: its SHA-256 does not match/);
    }
    await assert.rejects(verifyStored(target, nameAt(2), never), /404 NoSuchKey/);
    assert.ok(existsSync(directory));
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1;
  return copy;
}

describe('where a bucket is', () => {
  const url = (bucket: string, endpoint: string, env: Record<string, string> = {}): string =>
    s3Place({ bucket, endpoint, env: { ...ENV, ...env } }).bucketUrl;

  it('AWS by host, a server of one’s own by path', () => {
    assert.equal(url('abc', ''), 'https://abc.s3.us-east-1.amazonaws.com');
    assert.equal(url('abc', '', { AWS_REGION: 'eu-west-1' }), 'https://abc.s3.eu-west-1.amazonaws.com');
    assert.equal(url('abc', '', { AWS_DEFAULT_REGION: 'x' }), 'https://abc.s3.x.amazonaws.com');
    assert.equal(url('a.bc', ''), 'https://s3.us-east-1.amazonaws.com/a.bc');
    assert.equal(url('abc', 'http://h:9000/'), 'http://h:9000/abc');
    assert.equal(url('abc', '', { AWS_ENDPOINT_URL: 'http://h:1/p' }), 'http://h:1/p/abc');
    assert.equal(
      url('abc', '', { AWS_ENDPOINT_URL: 'http://h:1', AWS_ENDPOINT_URL_S3: 'http://s:2' }),
      'http://s:2/abc',
    );
  });

  it('says what is missing or wrong', () => {
    assert.throws(
      () => s3Place({ bucket: 'abc', endpoint: '', env: {} }),
      /set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/,
    );
    assert.throws(() => url('', ''), /"" is no name of a bucket/);
    assert.throws(() => url('Upper', ''), /"Upper" is no name of a bucket/);
    assert.throws(() => url('abc', 'ftp://x'), /--s3-endpoint "ftp:\/\/x" is no http or https URL/);
    assert.throws(() => url('abc', 'nonsense'), /--s3-endpoint "nonsense" is no http or https URL/);
  });

  it('another scheme is refused', async () => {
    const options = { s3Endpoint: '', workDir: '.', env: {} };
    await assert.rejects(openTarget({ to: 'gs://x/y', ...options }), /gs:\/\/x\/y: only a directory or s3:/);
  });
});

describe('XML of answers', () => {
  it('elements by name, entities in text', () => {
    const xml = '<A><K>x &amp; &#65;&#x42;&lt;</K><B at="1">b</B><B>c</B></A>';
    assert.equal(text(xml, 'K'), 'x & AB<');
    assert.deepEqual(elements(xml, 'B'), ['b', 'c']);
    assert.equal(text(xml, 'None'), '');
  });
});
