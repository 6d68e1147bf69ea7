/*
 * Stands where pages of 2.x load protobuf.min.js: `require` it, or have it in a script tag, and give
 * it to `RongIMClient.init` as the option `protobuf`. The codec is part of Hongyan's core; nothing of
 * this is used.
 */
(function (root, Protobuf) {
  if (typeof module === 'object' && module && module.exports) module.exports = Protobuf;
  else if (typeof define === 'function' && define.amd) define([], function () { return Protobuf; });
  else root.Protobuf = Protobuf;
})(typeof globalThis === 'object' ? globalThis : self, function Protobuf() { return {}; });
