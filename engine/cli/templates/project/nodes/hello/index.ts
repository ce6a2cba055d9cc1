// A node type: described once, it is checked, documented and shown in the editor's palette.
import { defineNode, Type } from "@millrace/sdk";

export const hello = defineNode({
  type: "hello",
  title: "Hello",
  summary: "Greets whoever comes.",
  category: "example",
  icon: "hand-stop",
  docs: 'Makes a greeting of a name.\n\n```json\n{ "greeting": "Hello" }\n```',
  config: Type.Object({
    greeting: Type.String({ title: "Greeting", description: "Said before the name.", default: "Hello" }),
  }),
  inputs: { in: Type.Object({ name: Type.String() }) },
  outputs: { out: Type.Object({ text: Type.String() }) },
  start({ config, emit }) {
    return {
      in: (message) => emit("out", { text: `${config.greeting}, ${message.payload.name}` }),
    };
  },
});

export default [hello];
