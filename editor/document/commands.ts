// Every edit is a command: a label for people and a pure function from draft to draft. The store turns the result
// into a reversible mark. A command that finds nothing to do returns the same draft.
export { type Command, together } from "./commands/command.ts";
export { removeFile, setFile, setFlow, setFlowType } from "./commands/flow.ts";
export { moveItems, placeAll } from "./commands/layout.ts";
export { addNode, removeItems, setNode } from "./commands/node.ts";
export { addTopic, renameTopic, setTopic } from "./commands/topic.ts";
export { connect, connectTopic, removeWires, setInput, setOutput, splice } from "./commands/wire.ts";
