// Stands in for packages that dockerode loads for ssh:// engines and gRPC sessions: fails only when used.
module.exports = new Proxy(function unavailable() {}, {
  get(_, name) {
    if (name === '__esModule' || typeof name === 'symbol') return undefined;
    return class {
      constructor() {
        throw new Error('this connection is not part of the cloudnative package');
      }
    };
  },
});
