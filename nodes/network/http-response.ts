// Answers the HTTP request that a message came from, on whichever engine it waits.
import { defineNode, Type } from "@millrace/sdk";
import { CALL_ATTRIBUTE } from "./incoming/endpoint.ts";
import { answerOf } from "./incoming/response.ts";

export const httpResponse = defineNode({
  type: "http-response",
  title: "HTTP response",
  summary: "Answers the request that the message came from.",
  category: "network",
  icon: "world-upload",
  docs: `The payload is \`{ status, headers, body, cookies }\`, each optional, or the body alone. Text and bytes go as they
are, anything else as JSON. A cookie is text, \`null\` to forget it, or \`{ value, maxAge, path, domain, httpOnly,
secure, sameSite }\`.

The call is found by the attribute \`http.call\`, which an **HTTP in** node sets. When nobody waits any more (it was
answered, timed out, or the caller went away), that is a warning in the log and no error: the work was done.

\`\`\`json
{ "status": 200, "headers": { "cache-control": "no-store" } }
\`\`\``,
  config: Type.Object({
    status: Type.Integer({
      title: "Status",
      description: "The HTTP status, unless the payload says another.",
      minimum: 200,
      maximum: 599,
      default: 200,
    }),
    headers: Type.Record(Type.String(), Type.String(), {
      title: "Headers",
      description: "Headers of every answer; the payload's go before them.",
      "x-widget": "key-value",
      default: {},
    }),
  }),
  inputs: {
    response: Type.Unknown({ description: "{ status, headers, body, cookies }, or the body alone." }),
  },
  outputs: {},
  concurrency: 64,
  start({ config, http, log }) {
    return {
      async response(message) {
        const callId = message.attributes[CALL_ATTRIBUTE];
        if (callId === undefined) {
          log.warn("A response belongs to no request: its message did not come from an http-in node.", {
            id: message.id,
          });
          return;
        }
        const sent = await http.respond(callId, answerOf(message.payload, config));
        if (!sent) log.warn("A response came too late: nobody waits for it any more.", { id: message.id });
      },
    };
  },
});
