/** Stands in for protobuf.js where pages of 2.x hand it to `init`. Nothing of it is used. */
declare function Protobuf(): Record<string, never>;
export = Protobuf;
