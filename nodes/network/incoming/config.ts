// The config of an http-in node.
import { Duration, Type } from "@millrace/sdk";

const secret = (title: string, description: string) =>
  Type.String({ title, description, minLength: 1, "x-widget": "secret" });

const Auth = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal("basic"),
        user: Type.String({ title: "User", description: "The user name that is let in." }),
        password: secret("Password", "The password of that user."),
      },
      { title: "Basic: user and password" },
    ),
    Type.Object(
      { type: Type.Literal("bearer"), token: secret("Token", "The token that is let in.") },
      { title: "Bearer: a token" },
    ),
    Type.Object(
      {
        type: Type.Literal("hmac"),
        secret: secret("Secret", "What both sides know, and the body is signed with."),
        header: Type.Optional(
          Type.String({
            title: "Header",
            description: "The header that holds the signature.",
            default: "x-signature",
          }),
        ),
        algorithm: Type.Optional(
          Type.Enum(["sha256", "sha1", "sha512"], {
            title: "Algorithm",
            description: "The hash that the signature is made with.",
            default: "sha256",
          }),
        ),
        encoding: Type.Optional(
          Type.Enum(["hex", "base64"], {
            title: "Encoding",
            description: "How the signature is written.",
            default: "hex",
          }),
        ),
        prefix: Type.Optional(
          Type.String({
            title: "Prefix",
            description: 'What stands before the signature, for example "sha256=".',
            default: "",
          }),
        ),
      },
      { title: "HMAC: the body is signed" },
    ),
  ],
  { title: "Authentication", description: "Who is let in. Left out: everyone." },
);

const Cors = Type.Object(
  {
    origins: Type.Array(Type.String(), {
      title: "Origins",
      description: 'Sites whose pages may call, for example "https://app.example.com"; "*" is all of them.',
      default: ["*"],
    }),
    credentials: Type.Boolean({
      title: "Credentials",
      description: "Pages may send cookies and authorization. Not together with the origin *.",
      default: false,
    }),
    headers: Type.Array(Type.String(), {
      title: "Headers",
      description: "Request headers that pages may set.",
      default: ["content-type", "authorization"],
    }),
    maxAge: Duration({
      title: "Remember for",
      description: "How long browsers remember this.",
      default: "10m",
    }),
  },
  { title: "CORS", description: "Lets pages of other sites call this endpoint. Left out: none may." },
);

const part = (title: string, description: string) =>
  Type.Optional(
    Type.Unsafe<Record<string, unknown> | boolean>({
      type: ["object", "boolean"],
      title,
      description,
      "x-widget": "json",
    }),
  );

export const HttpInConfig = Type.Object({
  method: Type.Enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"], {
    title: "Method",
    description: "The HTTP method, or ANY for all of them.",
    default: "GET",
  }),
  path: Type.String({
    title: "Path",
    description: "The path, with parameters as :name and * at the end for anything, for example /users/:id.",
    pattern: "^/",
  }),
  respond: Type.Enum(["wait", "accepted"], {
    title: "Answer",
    description:
      "wait: an http-response node answers. accepted: 202 at once, after the topics have the message.",
    default: "wait",
  }),
  timeout: Duration({
    title: "Timeout",
    description: "How long the caller waits for an answer before it gets 504.",
    default: "30s",
  }),
  parse: Type.Enum(["auto", "json", "form", "text", "bytes"], {
    title: "Body",
    description: "How the body is read. auto: by its content type.",
    default: "auto",
  }),
  bodyLimit: Type.Integer({
    title: "Body limit",
    description: "The largest body that is taken, in bytes. Larger ones get 413.",
    minimum: 0,
    maximum: 1_000_000_000,
    default: 1_000_000,
  }),
  schema: Type.Optional(
    Type.Object(
      {
        body: part("Body schema", "JSON Schema of the body."),
        query: part(
          "Query schema",
          "JSON Schema of the query; text becomes numbers and lists where it says so.",
        ),
        params: part("Parameter schema", "JSON Schema of the path's parameters."),
      },
      {
        title: "Schemas",
        description: "What a request must be like. One that is not gets 400 with all errors.",
      },
    ),
  ),
  uploads: Type.Boolean({
    title: "Uploads",
    description: "Takes multipart forms; their files go to a temporary folder, and the message says where.",
    default: false,
  }),
  uploadLimit: Type.Integer({
    title: "Upload limit",
    description: "The most that one request may upload, in bytes.",
    minimum: 0,
    default: 100_000_000,
  }),
  keepUploads: Duration({
    title: "Keep uploads",
    description: "How long uploaded files stay in the temporary folder. Move what should stay longer.",
    default: "1h",
  }),
  cors: Type.Optional(Cors),
  auth: Type.Optional(Auth),
});

export type HttpInConfig = Type.Static<typeof HttpInConfig>;
export type AuthConfig = Type.Static<typeof Auth>;
export type CorsConfig = Type.Static<typeof Cors>;
