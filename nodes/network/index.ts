// The network nodes: HTTP endpoints and requests.
import { httpIn } from "./http-in.ts";
import { httpRequest } from "./http-request.ts";
import { httpResponse } from "./http-response.ts";

export { httpIn, httpRequest, httpResponse };

export default [httpIn, httpResponse, httpRequest];
