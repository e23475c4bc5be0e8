// Made by scripts/wire.mjs from proto/; do not edit.

import { EMPTY } from '../bytes.ts';
import { encodeWith, Reader, type MessageCodec, type Writer } from '../codec.ts';

export const PermissionType = { READ: 0, WRITE: 1, READWRITE: 2 } as const;


export interface UserAddOptions {
  noPassword: boolean;
}

export const UserAddOptions: MessageCodec<UserAddOptions> = {
  typeName: 'authpb.UserAddOptions',
  fields: [
    { name: 'no_password', property: 'noPassword', number: 1, kind: 'bool', repeated: false },
  ],
  create(partial?: Partial<UserAddOptions>): UserAddOptions {
    return partial ? { noPassword: false, ...partial } : { noPassword: false };
  },
  write(w: Writer, m: UserAddOptions): void {
    if (m.noPassword) {
      w.varint32(8);
      w.varint32(m.noPassword ? 1 : 0);
    }
  },
  read(r: Reader): UserAddOptions {
    const m = UserAddOptions.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.noPassword = r.bool();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: UserAddOptions): Uint8Array {
    return encodeWith(UserAddOptions.write, message);
  },
  decode(bytes: Uint8Array): UserAddOptions {
    return UserAddOptions.read(new Reader(bytes));
  },
};


export interface User {
  name: Uint8Array;
  password: Uint8Array;
  roles: string[];
  options?: UserAddOptions | undefined;
}

export const User: MessageCodec<User> = {
  typeName: 'authpb.User',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'bytes', repeated: false },
    { name: 'password', property: 'password', number: 2, kind: 'bytes', repeated: false },
    { name: 'roles', property: 'roles', number: 3, kind: 'string', repeated: true },
    { name: 'options', property: 'options', number: 4, kind: 'message', repeated: false, message: () => UserAddOptions as MessageCodec<unknown> },
  ],
  create(partial?: Partial<User>): User {
    return partial ? { name: EMPTY, password: EMPTY, roles: [], options: undefined, ...partial } : { name: EMPTY, password: EMPTY, roles: [], options: undefined };
  },
  write(w: Writer, m: User): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.bytes(m.name);
    }
    if (m.password.length !== 0) {
      w.varint32(18);
      w.bytes(m.password);
    }
    for (let i = 0; i < m.roles.length; i++) {
      w.varint32(26);
      w.string(m.roles[i]);
    }
    if (m.options !== undefined) {
      w.varint32(34);
      const mark = w.open();
      UserAddOptions.write(w, m.options);
      w.close(mark);
    }
  },
  read(r: Reader): User {
    const m = User.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.bytes();
          break;
        case 18:
          m.password = r.bytes();
          break;
        case 26:
          m.roles.push(r.string());
          break;
        case 34:
        {
          const outer = r.enter();
          m.options = UserAddOptions.read(r);
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: User): Uint8Array {
    return encodeWith(User.write, message);
  },
  decode(bytes: Uint8Array): User {
    return User.read(new Reader(bytes));
  },
};


export interface Permission {
  permType: number;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}

export const Permission: MessageCodec<Permission> = {
  typeName: 'authpb.Permission',
  fields: [
    { name: 'permType', property: 'permType', number: 1, kind: 'enum', repeated: false, enumValues: PermissionType },
    { name: 'key', property: 'key', number: 2, kind: 'bytes', repeated: false },
    { name: 'range_end', property: 'rangeEnd', number: 3, kind: 'bytes', repeated: false },
  ],
  create(partial?: Partial<Permission>): Permission {
    return partial ? { permType: 0, key: EMPTY, rangeEnd: EMPTY, ...partial } : { permType: 0, key: EMPTY, rangeEnd: EMPTY };
  },
  write(w: Writer, m: Permission): void {
    if (m.permType !== 0) {
      w.varint32(8);
      w.int32(m.permType);
    }
    if (m.key.length !== 0) {
      w.varint32(18);
      w.bytes(m.key);
    }
    if (m.rangeEnd.length !== 0) {
      w.varint32(26);
      w.bytes(m.rangeEnd);
    }
  },
  read(r: Reader): Permission {
    const m = Permission.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.permType = r.int32();
          break;
        case 18:
          m.key = r.bytes();
          break;
        case 26:
          m.rangeEnd = r.bytes();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Permission): Uint8Array {
    return encodeWith(Permission.write, message);
  },
  decode(bytes: Uint8Array): Permission {
    return Permission.read(new Reader(bytes));
  },
};


export interface Role {
  name: Uint8Array;
  keyPermission: Permission[];
}

export const Role: MessageCodec<Role> = {
  typeName: 'authpb.Role',
  fields: [
    { name: 'name', property: 'name', number: 1, kind: 'bytes', repeated: false },
    { name: 'keyPermission', property: 'keyPermission', number: 2, kind: 'message', repeated: true, message: () => Permission as MessageCodec<unknown> },
  ],
  create(partial?: Partial<Role>): Role {
    return partial ? { name: EMPTY, keyPermission: [], ...partial } : { name: EMPTY, keyPermission: [] };
  },
  write(w: Writer, m: Role): void {
    if (m.name.length !== 0) {
      w.varint32(10);
      w.bytes(m.name);
    }
    for (let i = 0; i < m.keyPermission.length; i++) {
      w.varint32(18);
      const mark = w.open();
      Permission.write(w, m.keyPermission[i]);
      w.close(mark);
    }
  },
  read(r: Reader): Role {
    const m = Role.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.name = r.bytes();
          break;
        case 18:
        {
          const outer = r.enter();
          m.keyPermission.push(Permission.read(r));
          r.leave(outer);
          break;
        }
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: Role): Uint8Array {
    return encodeWith(Role.write, message);
  },
  decode(bytes: Uint8Array): Role {
    return Role.read(new Reader(bytes));
  },
};
