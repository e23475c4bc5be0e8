/** Who asks the store, and where it is: from the environment variables that AWS's own tools read. */
import { BackupError } from '../errors.ts';

export interface S3Place {
  /** URL of the bucket, without a slash at its end. */
  readonly bucketUrl: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export interface S3PlaceOptions {
  readonly bucket: string;
  /** Empty: from the environment, else AWS. */
  readonly endpoint: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const DEFAULT_REGION = 'us-east-1';
/** Amazon S3 User Guide, Bucket naming rules. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** @throws BackupError */
export function s3Place({ bucket, endpoint, env }: S3PlaceOptions): S3Place {
  if (!BUCKET.test(bucket))
    throw new BackupError(
      `"${bucket}" is no name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens (s3://bucket/prefix)`,
    );
  const accessKeyId = env.AWS_ACCESS_KEY_ID ?? '';
  const secretAccessKey = env.AWS_SECRET_ACCESS_KEY ?? '';
  if (accessKeyId === '' || secretAccessKey === '')
    throw new BackupError(
      's3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN, if there is one)',
    );
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || DEFAULT_REGION;
  const given = endpoint || env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || '';
  const sessionToken = env.AWS_SESSION_TOKEN || undefined;
  return { bucketUrl: bucketUrl(given, bucket, region), region, accessKeyId, secretAccessKey, sessionToken };
}

/** Servers of one's own are asked by path, AWS by host name, unless a dot in the bucket's name would break its certificate. */
function bucketUrl(endpoint: string, bucket: string, region: string): string {
  if (endpoint === '') {
    return bucket.includes('.')
      ? `https://s3.${region}.amazonaws.com/${bucket}`
      : `https://${bucket}.s3.${region}.amazonaws.com`;
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new BackupError(`--s3-endpoint "${endpoint}" is no http or https URL`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${bucket}`;
}
