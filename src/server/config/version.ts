/** What kvctl says it is: the etcd release whose contract it keeps, and itself. */

/** `/version` etcdserver, Status.version, X-Server-Version. */
export const SERVER_VERSION = '3.7.1';
/** Major and minor of the cluster version that this server proposes; logs and metrics. */
export const CLUSTER_VERSION_SHORT = '3.7';
/** `/version` etcdcluster once decided. */
export const CLUSTER_VERSION = '3.7.0';
/** `/version` etcdcluster before the first leader has set it. */
export const CLUSTER_VERSION_UNDECIDED = 'not_decided';
/** Schema version of the stored data; Status.storageVersion. */
export const STORAGE_VERSION = '3.7.0';
/** Lowest cluster version that peers may ask for; X-Min-Cluster-Version. */
export const MIN_CLUSTER_VERSION = '3.0.0';

export interface BuildInfo {
  /** kvctl's own version, from package.json. */
  readonly kvctlVersion: string;
  /** Commit of the build, or `unknown`. */
  readonly gitSha: string;
  /** `process.version`, e.g. v20.19.0. */
  readonly nodeVersion: string;
  readonly platform: string;
  readonly arch: string;
}

/**
 * `kvctl serve --version`: etcd's four lines. Scripts cut the first one; the others keep their place and say
 * honestly that this is neither etcd's binary nor Go.
 */
export function versionText(build: BuildInfo): string {
  return [
    `etcd Version: ${SERVER_VERSION}`,
    `Git SHA: ${build.gitSha} (kvctl ${build.kvctlVersion})`,
    `Go Version: none (Node.js ${build.nodeVersion})`,
    `Go OS/Arch: ${build.platform}/${goArch(build.arch)}`,
    '',
  ].join('\n');
}

/** Go's name of a processor that Node.js calls otherwise. */
export function goArch(arch: string): string {
  if (arch === 'x64') return 'amd64';
  if (arch === 'ia32') return '386';
  return arch;
}
