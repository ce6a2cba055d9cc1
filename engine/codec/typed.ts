// Payloads of a protobuf type that a topic declares. As objects they look as protobuf's JSON mapping says: fields in
// camelCase, 64-bit integers as text, enum values by name; but bytes are bytes. Fields that were not set have their
// default, messages that were not set are null.
import protobuf from "protobufjs";
import { protoTypeMissing, protoUnreadable } from "../base/errors/codec.ts";
import { errorText } from "../base/errors/error.ts";
import { checkTyped } from "./typed-check.ts";

export interface ProtoSource {
  /** Text of the .proto file. */
  readonly text: string;
  /** Its name, as the topic gives it. */
  readonly file: string;
  /** Full name of the message type: `pkg.Type`. */
  readonly type: string;
}

export interface ProtobufType {
  /** `file.proto#pkg.Type`. */
  readonly schema: string;
  /** True when the schema that a message names is this type; the file's name does not matter, "" means it too. */
  covers(schema: string): boolean;
  /** Throws `codec/proto-mismatch` with the place of what does not fit. */
  encode(payload: unknown): Uint8Array;
  /** Throws an Error with the reason when the bytes are not of this type. */
  decode(bytes: Uint8Array): unknown;
}

/** Reads the .proto text and compiles the type. Throws `codec/bad-proto` or `codec/proto-type-missing`. */
export function compileProto(source: ProtoSource): ProtobufType {
  const type = findType(source);
  const schema = `${source.file}#${source.type}`;
  return {
    schema,
    covers: (other) => other === "" || other.slice(other.indexOf("#") + 1) === source.type,
    encode(payload) {
      checkTyped(type, payload);
      return type.encode(type.fromObject(payload as Record<string, unknown>)).finish();
    },
    decode(bytes) {
      const message = type.decode(Buffer.from(bytes));
      return type.toObject(message, { longs: String, enums: String, defaults: true });
    },
  };
}

function findType(source: ProtoSource): protobuf.Type {
  const root = parse(source);
  try {
    const found = root.lookupType(source.type);
    root.resolveAll();
    return found;
  } catch (cause) {
    const defined = typeNames(root);
    if (defined.includes(source.type)) {
      throw protoUnreadable({ file: source.file, reason: errorText(cause) }, { cause });
    }
    const found = defined.join(", ") || "no message type at all";
    throw protoTypeMissing({ file: source.file, type: source.type, found }, { cause });
  }
}

function parse(source: ProtoSource): protobuf.Root {
  try {
    const root = new protobuf.Root();
    const parsed = protobuf.parse(source.text, root);
    for (const file of [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])]) {
      const known = protobuf.common.get(file);
      if (!known?.nested) throw new Error(`it imports "${file}", and only google/protobuf/* is at hand`);
      root.addJSON(known.nested);
    }
    return root;
  } catch (cause) {
    throw protoUnreadable({ file: source.file, reason: errorText(cause) }, { cause });
  }
}

function typeNames(space: protobuf.NamespaceBase): string[] {
  return space.nestedArray.flatMap((nested) => {
    const inner = nested instanceof protobuf.Namespace ? typeNames(nested) : [];
    return nested instanceof protobuf.Type ? [nested.fullName.slice(1), ...inner] : inner;
  });
}
