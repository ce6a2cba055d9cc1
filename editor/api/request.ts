// One HTTP request, and what went wrong with it in a sentence.
import type { ApiError, FlowDetail, Problem } from "../../engine/admin/api.ts";

interface FailureBody extends Partial<FlowDetail> {
  readonly error?: ApiError;
  readonly problems?: readonly Problem[];
}

export class ApiFailure extends Error {
  /** HTTP status; 0 when the engine did not answer. */
  readonly status: number;
  readonly code: string;
  /** Of a 422. */
  readonly problems: readonly Problem[];
  /** Of a 409: what is newest. */
  readonly conflict: FlowDetail | null;

  constructor(status: number, error: ApiError, body: FailureBody = {}) {
    super(error.message);
    this.name = "ApiFailure";
    this.status = status;
    this.code = error.code;
    this.problems = body.problems ?? [];
    this.conflict = isDetail(body) ? body : null;
  }
}

export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch {
    throw new ApiFailure(0, {
      code: "editor/unreachable",
      message: "The engine does not answer. Is it running?",
    });
  }
  const answer = await readJson(response);
  if (response.ok) return answer as T;
  const failure = (answer ?? {}) as FailureBody;
  const error = failure.error ?? {
    code: `http/${response.status}`,
    message: `The engine answered with status ${response.status}.`,
  };
  throw new ApiFailure(response.status, error, failure);
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // not ours: a proxy's page, for example
  }
}

function isDetail(body: FailureBody): body is FailureBody & FlowDetail {
  return typeof body.revision === "number" && typeof body.flow === "object";
}
