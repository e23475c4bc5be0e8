/** Where members of a local cluster listen: on this machine alone. */
export const HOST = '127.0.0.1';
