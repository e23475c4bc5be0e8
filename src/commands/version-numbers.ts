/** The package's version; a test holds it equal to package.json's, so that no file is read to know it. */
export const VERSION = '0.1.0';
/** The etcd API that this client speaks. */
export const API_VERSION = '3.7';
