// Dead-letter topics that nobody declared: `<topic>.dead` for every stream topic whose messages can be given up.
import type { Outline, OutlineTopic } from "./outline.ts";

/** Where messages of a stream topic go that were given up. */
export function deadLetterOf(topic: string, said: string | undefined): string {
  return said ?? `${topic}.dead`;
}

/**
 * The topics that exist without being declared, in the order of the topics they belong to; with the declared topic
 * that each comes from.
 */
export function impliedDeadLetters(outline: Outline): Map<string, OutlineTopic> {
  const read = new Set<string>();
  const mentioned = new Set<string>();
  for (const node of outline.nodes.values()) {
    for (const wire of node.inputs) {
      mentioned.add(wire.topic);
      if (!node.disabled) read.add(wire.topic);
    }
    for (const wire of node.outputs) mentioned.add(wire.topic);
  }
  const implied = new Map<string, OutlineTopic>();
  const open: { name: string; deadLetter: string; topic: OutlineTopic }[] = [];
  for (const topic of outline.topics.values()) {
    if (topic.delivery === "stream")
      open.push({ name: topic.name, deadLetter: deadLetterOf(topic.name, topic.deadLetter), topic });
  }
  // A dead-letter topic that is read can have dead letters in turn. The list grows while it is walked.
  for (const { name, deadLetter, topic } of open) {
    const needed = read.has(name) || mentioned.has(deadLetter);
    if (!needed || outline.topics.has(deadLetter) || implied.has(deadLetter)) continue;
    implied.set(deadLetter, topic);
    open.push({ name: deadLetter, deadLetter: `${deadLetter}.dead`, topic });
  }
  return implied;
}
