// Who may use the admin API: whoever has the engine's token, by itself or through a session it opened.
import type { IncomingMessage } from "node:http";
import { parseCookie, stringifySetCookie } from "cookie";
import type { Clock } from "../../base/clock.ts";
import { notSignedIn, tooManyTries, wrongToken } from "../../base/errors/admin.ts";
import type { Caller } from "../route.ts";
import { SESSION_MS, Sessions } from "./sessions.ts";
import { sameSecret } from "./token.ts";
import { Tries } from "./tries.ts";

const BEARER = /^bearer +(\S+)$/i;
const NAME = "admin";
/** Characters from which on a token cannot be guessed in any time. */
const UNGUESSABLE = 20;

export class Access implements Disposable {
  readonly sessions: Sessions;
  readonly #token: string;
  readonly #cookie: string;
  readonly #logins: Tries;
  readonly #bearers: Tries;

  /** Cookies know no ports: the cookie's name has it, so that two engines on one machine keep theirs apart. */
  constructor(options: { token: string; port: number; clock: Clock }) {
    const { token, port, clock } = options;
    this.#token = token;
    this.#cookie = `millrace-${port}`;
    this.sessions = new Sessions(clock, token);
    this.#logins = new Tries({ clock, burst: 10, refillMs: 6_000 });
    this.#bearers = new Tries({ clock, burst: 100, refillMs: 600 });
  }

  /** The caller of a request. Throws when it has neither the token nor a session, or guesses too much. */
  callerOf(request: IncomingMessage): Caller {
    const bearer = BEARER.exec(request.headers.authorization ?? "")?.[1];
    if (bearer !== undefined) return this.byToken(bearer, addressOf(request));
    const session = this.#sessionOf(request);
    if (session === undefined) throw notSignedIn();
    return { name: NAME, session };
  }

  /** The caller who sent this token. */
  byToken(token: string, address: string): Caller {
    this.#check(token, address, this.#bearers);
    return { name: NAME, session: undefined };
  }

  /** Opens a session for whoever has the token; the cookie that holds it. */
  login(token: string, address: string): string {
    this.#check(token, address, this.#logins);
    return this.#setCookie(this.sessions.begin(), SESSION_MS / 1000);
  }

  /** Ends the caller's session; the cookie that forgets it. */
  logout(caller: Caller): string {
    if (caller.session !== undefined) this.sessions.end(caller.session);
    return this.#setCookie("", 0);
  }

  [Symbol.dispose](): void {
    this.sessions[Symbol.dispose]();
  }

  #check(token: string, address: string, tries: Tries): void {
    const right = sameSecret(token, this.#token);
    const seconds = tries.waitSeconds(address);
    // Nobody guesses a long token, so those who have it need not wait for what others try from their address.
    if (right && (seconds === 0 || this.#token.length >= UNGUESSABLE)) return;
    if (seconds > 0) throw tooManyTries({ seconds }, { details: { retryAfter: seconds } });
    tries.failed(address);
    throw wrongToken();
  }

  #sessionOf(request: IncomingMessage): string | undefined {
    const id = parseCookie(request.headers.cookie ?? "")[this.#cookie];
    return id !== undefined && this.sessions.has(id) ? id : undefined;
  }

  #setCookie(value: string, maxAge: number): string {
    return stringifySetCookie({
      name: this.#cookie,
      value,
      maxAge,
      path: "/",
      httpOnly: true,
      sameSite: "strict",
    });
  }
}

/** Network address of the client. */
export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? "unknown";
}
