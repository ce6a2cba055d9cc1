// A message as a plain object. Messages may be of a class whose fields are not their own: copying with `...` loses them.
import type { Message } from "@millrace/sdk";

export function fieldsOf(message: Message): Message {
  const { id, topic, time, source, correlationId, attributes, attempt, payload } = message;
  return { id, topic, time, source, correlationId, attributes, attempt, payload };
}
