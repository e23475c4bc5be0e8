/**
 * Users, roles and whether anybody asks for them, as committed entries change them. Kept in buckets `auth`, `authUsers`
 * and `authRoles` under etcd's names; read from there at the start, and small enough to be held in memory as a whole.
 *
 * Laws: passwords come hashed, nothing here knows a plain one; each change that succeeds raises the revision by one,
 * but for enabling; what fails changes nothing.
 */
import { ERR } from '../errors.ts';
import { bytesEqual, compareBytes, fromLatin1, utf8Bytes, utf8Text } from '../wire/bytes.ts';
import { Permission, Role, User, type UserAddOptions } from '../wire/gen/auth.ts';

type AuthBucket = 'auth' | 'authUsers' | 'authRoles';

/** The part of the write buffer that is needed here. */
export interface AuthBuckets {
  entries(bucket: AuthBucket): { readonly key: Uint8Array; readonly value: Uint8Array }[];
  put(bucket: AuthBucket, key: Uint8Array, value: Uint8Array): void;
  delete(bucket: AuthBucket, key: Uint8Array): void;
}

export const ROOT = 'root';
const ENABLED_KEY = fromLatin1('authEnabled');
const REVISION_KEY = fromLatin1('authRevision');

export class AuthStore {
  enabled = false;
  /** 0: nothing was ever stored. */
  revision = 0;
  private readonly buckets: AuthBuckets;
  private readonly users = new Map<string, User>();
  private readonly roles = new Map<string, Role>();

  constructor(buckets: AuthBuckets) {
    this.buckets = buckets;
    for (const { key, value } of buckets.entries('auth')) {
      if (bytesEqual(key, ENABLED_KEY)) this.enabled = value[0] === 1;
      else if (bytesEqual(key, REVISION_KEY)) this.revision = Number(viewOf(value).getBigUint64(0));
    }
    for (const { key, value } of buckets.entries('authUsers'))
      this.users.set(utf8Text(key), User.decode(value));
    for (const { key, value } of buckets.entries('authRoles'))
      this.roles.set(utf8Text(key), Role.decode(value));
  }

  user(name: string): User | undefined {
    return this.users.get(name);
  }

  isAdmin(name: string): boolean {
    return this.users.get(name)?.roles.includes(ROOT) === true;
  }

  /** Of all roles of a user. */
  permissionsOf(name: string): Permission[] {
    const roles = this.users.get(name)?.roles ?? [];
    return roles.flatMap((role) => this.roles.get(role)?.keyPermission ?? []);
  }

  /** @throws EtcdError RootUserNotExist, RootRoleNotExist */
  enable(): void {
    if (this.enabled) return;
    if (!this.users.has(ROOT)) throw ERR.RootUserNotExist;
    if (!this.isAdmin(ROOT)) throw ERR.RootRoleNotExist;
    this.setEnabled(true);
  }

  disable(): void {
    if (!this.enabled) return;
    this.setEnabled(false);
    this.changed();
  }

  /** @throws EtcdError UserEmpty, UserAlreadyExist */
  addUser(name: string, password: Uint8Array, options: UserAddOptions | undefined): void {
    if (name === '') throw ERR.UserEmpty;
    if (this.users.has(name)) throw ERR.UserAlreadyExist;
    this.putUser(
      User.create({ name: utf8Bytes(name), password, roles: [], options: options ?? { noPassword: false } }),
    );
    this.changed();
  }

  /** @throws EtcdError UserNotFound, InvalidAuthMgmt */
  deleteUser(name: string): void {
    if (this.enabled && name === ROOT) throw ERR.InvalidAuthMgmt;
    this.existingUser(name);
    this.users.delete(name);
    this.buckets.delete('authUsers', utf8Bytes(name));
    this.changed();
  }

  /** A user without a password stays without one. @throws EtcdError UserNotFound */
  changePassword(name: string, password: Uint8Array): void {
    const user = this.existingUser(name);
    this.putUser(user.options?.noPassword ? user : { ...user, password });
    this.changed();
  }

  /** @throws EtcdError UserNotFound, RoleNotFound */
  grantRole(name: string, role: string): void {
    const user = this.existingUser(name);
    if (role !== ROOT && !this.roles.has(role)) throw ERR.RoleNotFound;
    if (user.roles.includes(role)) return;
    this.putUser({ ...user, roles: [...user.roles, role].sort() });
    this.changed();
  }

  /** @throws EtcdError UserNotFound, RoleNotGranted, InvalidAuthMgmt */
  revokeRole(name: string, role: string): void {
    if (this.enabled && name === ROOT && role === ROOT) throw ERR.InvalidAuthMgmt;
    const user = this.existingUser(name);
    if (!user.roles.includes(role)) throw ERR.RoleNotGranted;
    this.putUser({ ...user, roles: user.roles.filter((held) => held !== role) });
    this.changed();
  }

  /** @throws EtcdError RoleEmpty, RoleAlreadyExist */
  addRole(name: string): void {
    if (name === '') throw ERR.RoleEmpty;
    if (this.roles.has(name)) throw ERR.RoleAlreadyExist;
    this.putRole(Role.create({ name: utf8Bytes(name) }));
    this.changed();
  }

  /** Nobody holds it any more. @throws EtcdError RoleNotFound, InvalidAuthMgmt */
  deleteRole(name: string): void {
    if (this.enabled && name === ROOT) throw ERR.InvalidAuthMgmt;
    this.existingRole(name);
    this.roles.delete(name);
    this.buckets.delete('authRoles', utf8Bytes(name));
    for (const user of this.users.values())
      if (user.roles.includes(name))
        this.putUser({ ...user, roles: user.roles.filter((held) => held !== name) });
    this.changed();
  }

  /**
   * The first permission whose key is not below the given one is looked at: if key and end are the same its type is
   * replaced, else a new one is added. @throws EtcdError RoleNotFound, PermissionNotGiven
   */
  grantPermission(name: string, permission: Permission | undefined): void {
    if (permission === undefined) throw ERR.PermissionNotGiven;
    const role = this.existingRole(name);
    const { key, rangeEnd } = permission;
    const kept = [...role.keyPermission];
    const at = kept.findIndex((held) => compareBytes(held.key, key) >= 0);
    const held = at < 0 ? undefined : kept[at];
    if (held && bytesEqual(held.key, key) && bytesEqual(held.rangeEnd, rangeEnd))
      kept[at] = { ...held, permType: permission.permType };
    else kept.push(Permission.create({ ...permission }));
    kept.sort((a, b) => compareBytes(a.key, b.key));
    this.putRole({ ...role, keyPermission: kept });
    this.changed();
  }

  /** @throws EtcdError RoleNotFound, PermissionNotGranted */
  revokePermission(name: string, key: Uint8Array, rangeEnd: Uint8Array): void {
    const role = this.existingRole(name);
    const kept = role.keyPermission.filter(
      (held) => !(bytesEqual(held.key, key) && bytesEqual(held.rangeEnd, rangeEnd)),
    );
    if (kept.length === role.keyPermission.length) throw ERR.PermissionNotGranted;
    this.putRole({ ...role, keyPermission: kept });
    this.changed();
  }

  private existingUser(name: string): User {
    const user = this.users.get(name);
    if (user === undefined) throw ERR.UserNotFound;
    return user;
  }

  private existingRole(name: string): Role {
    const role = this.roles.get(name);
    if (role === undefined) throw ERR.RoleNotFound;
    return role;
  }

  private putUser(user: User): void {
    this.users.set(utf8Text(user.name), user);
    this.buckets.put('authUsers', user.name, User.encode(user));
  }

  private putRole(role: Role): void {
    this.roles.set(utf8Text(role.name), role);
    this.buckets.put('authRoles', role.name, Role.encode(role));
  }

  private setEnabled(enabled: boolean): void {
    this.enabled = enabled;
    this.buckets.put('auth', ENABLED_KEY, new Uint8Array([enabled ? 1 : 0]));
  }

  private changed(): void {
    this.revision++;
    const value = new Uint8Array(8);
    viewOf(value).setBigUint64(0, BigInt(this.revision));
    this.buckets.put('auth', REVISION_KEY, value);
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
