// Node-RED node types for benchmarks: source, pass-through, sink.
module.exports = (RED) => {
  const bench = { started: false, send: () => {}, received: () => {} };
  globalThis.millraceBench = bench;
  RED.nodes.registerType("bench-source", function (config) {
    RED.nodes.createNode(this, config);
    bench.send = (payload) => this.send({ payload });
    RED.events.once("flows:started", () => {
      bench.started = true;
    });
  });
  RED.nodes.registerType("bench-pass", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (message, send, done) => {
      send(message);
      done();
    });
  });
  RED.nodes.registerType("bench-sink", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (_message, _send, done) => {
      bench.received();
      done();
    });
  });
};
