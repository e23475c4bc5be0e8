/** Since etcd 3.6 the schema of the data has a version of its own, which follows the version of the cluster. */

const FIRST_NAMED: readonly [major: number, minor: number] = [3, 6];

/** @param clusterVersion `X.Y.0` @returns `X.Y.0`, or '' for a schema that does not name itself. */
export function storageVersionFor(clusterVersion: string | undefined): string {
  if (clusterVersion === undefined) return '';
  const [major, minor] = clusterVersion.split('.').map(Number);
  const isNamed = major > FIRST_NAMED[0] || (major === FIRST_NAMED[0] && minor >= FIRST_NAMED[1]);
  return isNamed ? clusterVersion : '';
}
