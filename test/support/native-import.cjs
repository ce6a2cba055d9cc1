// Node's own import(), past vitest's: for tests of what imports packages from disk.
module.exports = { nativeImport: (url) => import(url) };
