// Errors of the codec: payloads that cannot be written as bytes, bytes that cannot be read as a message.
import { defineError } from "./error.ts";

export const payloadNotSendable = defineError<{ at: string; what: string; hint: string }>({
  code: "codec/not-sendable",
  status: 422,
  explain:
    "A payload holds something that has no meaning outside its process: a function, a symbol, an object of a class. Send plain data: objects, arrays, text, numbers, bytes, Dates, Maps, Sets, BigInts.",
  message: ({ at, what, hint }) => `"${at}" is ${what}, which cannot leave the process. ${hint}`,
});

export const payloadCyclic = defineError<{ at: string }>({
  code: "codec/cycle",
  status: 422,
  explain:
    "A payload contains itself, so it has no end when written down. Send the parts that the receiver needs.",
  message: ({ at }) =>
    `"${at}" contains itself and would never end. Send only the parts that the receiver needs.`,
});

export const payloadTooDeep = defineError<{ at: string; limit: number }>({
  code: "codec/too-deep",
  status: 422,
  explain: "A payload is nested deeper than the engine follows. Send a flatter structure, or text.",
  message: ({ at, limit }) =>
    `"${at}" is nested deeper than ${limit} levels. Send a flatter structure, or write it as text.`,
});

export const payloadTooLarge = defineError<{ size: string; limit: string }>({
  code: "codec/too-large",
  status: 413,
  explain:
    "A payload is larger than a message may be. Put large things into files or object storage and send where they are, or split them.",
  message: ({ size, limit }) =>
    `The payload is "${size}", a message holds at most ${limit}. Store it elsewhere and send where it is, or split it.`,
});

export const notAnEnvelope = defineError<{ seen: string; reason: string }>({
  code: "codec/not-an-envelope",
  status: 422,
  explain:
    'Bytes arrived on a topic of format "millrace" that are not the protobuf envelope. When foreign programs write the topic, give it the format "json", "text" or "binary".',
  message: ({ seen, reason }) =>
    `"${seen}" is not a Millrace message (${reason}). If another program writes this topic, set its format to json, text or binary.`,
});

export const unknownPayloadType = defineError<{ type: number }>({
  code: "codec/unknown-type",
  status: 422,
  explain:
    "A message names a payload type that this engine does not know: a broken writer, or a newer version of Millrace. Update this engine, or repair the writer.",
  message: ({ type }) =>
    `Payload type "${type}" is not known to this engine. Update the engine, or repair the program that wrote the message.`,
});

export const unreadablePayload = defineError<{ type: string; seen: string; reason: string }>({
  code: "codec/unreadable-payload",
  status: 422,
  explain:
    "The bytes of a payload are not what the message or the topic's format says they are. Repair the writer.",
  message: ({ type, seen, reason }) =>
    `"${seen}" is not a ${type} payload: ${reason}. Repair the program that wrote it, or set the topic's format to what it writes.`,
});

export const formatMismatch = defineError<{ format: string; what: string; hint: string }>({
  code: "codec/format-mismatch",
  status: 422,
  explain:
    "A payload cannot be written in the format of its topic: for example an object on a binary topic. Change the payload before it gets there, or the topic's format.",
  message: ({ format, what, hint }) => `A topic of format "${format}" cannot carry ${what}. ${hint}`,
});

export const protoUnreadable = defineError<{ file: string; reason: string }>({
  code: "codec/bad-proto",
  status: 422,
  explain:
    "A .proto file that a topic names cannot be read. Imports other than google/protobuf/* are not followed.",
  message: ({ file, reason }) => `The protobuf schema "${file}" cannot be read: ${reason}. Correct the file.`,
});

export const protoTypeMissing = defineError<{ file: string; type: string; found: string }>({
  code: "codec/proto-type-missing",
  status: 422,
  explain: "A topic names a protobuf type that its .proto file does not define.",
  message: ({ file, type, found }) => `"${file}" defines no message type "${type}". It defines: ${found}.`,
});

export const protoMismatch = defineError<{ at: string; what: string; type: string }>({
  code: "codec/proto-mismatch",
  status: 422,
  explain: "A payload does not fit the protobuf type of its topic. Correct the node that emits it.",
  message: ({ at, what, type }) =>
    `"${at}" ${what}, so it is not a ${type}. Change the payload, or the protobuf type of the topic.`,
});

export const protoNeeded = defineError<{ schema: string }>({
  code: "codec/proto-needed",
  status: 422,
  explain:
    "A message with a protobuf payload arrived on a topic that declares no such type. Declare it under the topic's `proto`.",
  message: ({ schema }) =>
    `The payload is of protobuf type "${schema}", which the topic does not declare. Add "proto": "${schema}" to the topic.`,
});
