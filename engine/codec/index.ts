// Messages and state values as bytes.

export {
  decodeEnvelope,
  type EncodableMessage,
  encodeEnvelope,
  foreignMessage,
  type WireMessage,
} from "./envelope.ts";
export type { NumpyArray } from "./numpy.ts";
export { IMAGE_ATTRIBUTE, IMAGE_ATTRIBUTE_VALUE } from "./payload.ts";
export { jsonSaysItAll, MAX_DEPTH, MAX_PAYLOAD_BYTES } from "./plain.ts";
export { type TopicCodec, type TopicCodecOptions, topicCodec } from "./topic.ts";
export { compileProto, type ProtobufType, type ProtoSource } from "./typed.ts";
export { decodeValue, encodeValue } from "./value.ts";
