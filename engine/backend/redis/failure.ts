// What an error of a Redis call means for the call, and what an error of a connection means for people. Pure.
import {
  type MillraceError,
  redisLoginMissing,
  redisLoginRefused,
  redisMasterUnknown,
  redisNotRedis,
  redisPermissionMissing,
  redisUnreachable,
} from "../../base/errors/index.ts";

export type Failure =
  /** It was not sent: it may be sent again. */
  | "unsent"
  /** The answer was lost: it may have taken effect or not. */
  | "lost"
  /** The server says "not now", and did nothing. */
  | "refused"
  /** Another node of the cluster has the key; nothing was done. */
  | "moved"
  /** The server does not know our functions. */
  | "unknown-function"
  /** An answer that trying again does not change. */
  | "definite";

const NOT_NOW =
  /^(LOADING|MISCONF|OOM|READONLY|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|NOAUTH|UNKILLABLE|BUSYLOADING|PAUSED)\b/;

export function classifyFailure(error: unknown): Failure {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError)
    return "definite";
  // ioredis' words for a command that was not written to the socket.
  if (/Stream isn't writeable|Cluster isn't ready/.test(error.message)) return "unsent";
  if (error.message.startsWith("UNCONFIRMED ")) return "refused";
  if (error.name !== "ReplyError") return "lost";
  if (/^(MOVED|ASK) /.test(error.message)) return "moved";
  if (/Function not found/i.test(error.message)) return "unknown-function";
  return NOT_NOW.test(error.message) ? "refused" : "definite";
}

/** What a refusal means, for people. */
export function refusalText(message: string): string {
  const code = message.split(" ", 1)[0];
  switch (code) {
    case "LOADING":
      return "Redis is loading its data. Work goes on when it has.";
    case "MISCONF":
      return "Redis cannot write to its disk and takes no writes (MISCONF). Free space on its disk; work goes on then.";
    case "OOM":
      return "Redis has no memory left and takes no new messages (OOM). Raise maxmemory or remove data; work goes on then.";
    case "READONLY":
      return "Redis is a read-only replica now. Work goes on when a master answers.";
    case "NOAUTH":
      return "Redis asks for a password that this engine was not given. Correct --redis and start the engine again.";
    case "CLUSTERDOWN":
      return "The Redis Cluster is down: some slots have no master. Work goes on when every slot has one again.";
    case "MASTERDOWN":
      return "The replica of Redis has lost its master. Work goes on when a master answers.";
    case "NOREPLICAS":
      return "Redis has too few replicas to take writes (min-replicas-to-write). Work goes on when they are back.";
    case "UNCONFIRMED":
      return message.slice("UNCONFIRMED ".length);
    case "BUSY":
      return "Redis is busy with a long script. Work goes on when it has ended.";
    default:
      return `Redis refuses work: ${message}`;
  }
}

/** Why no session with the server came about. */
export function connectError(error: unknown, url: string): { error: MillraceError; final: boolean } {
  const reason = reasonOf(error);
  const options = { cause: error };
  const final = (made: MillraceError) => ({ error: made, final: true });
  if (/^WRONGPASS|invalid username-password|invalid password/i.test(reason)) {
    return final(redisLoginRefused({ url }, options));
  }
  if (/^NOAUTH|^ERR HELLO must be called/i.test(reason)) return final(redisLoginMissing({ url }, options));
  if (/No such master|got an invalid reply: null/.test(reason)) {
    return final(redisMasterUnknown({ url }, options));
  }
  if (/^NOPERM/.test(reason)) return final(redisPermissionMissing({ url, reason }, options));
  if (/Unknown RESP type|wrong version number|EPROTO|unknown command/i.test(reason)) {
    return final(redisNotRedis({ url, reason: reason.replace(/\. Please report this\.$/, "") }, options));
  }
  const sentinels = /^All sentinels are unreachable\..*?(?: Last error: (.*))?$/.exec(reason);
  const shown = sentinels ? `no Sentinel answers (${sentinels[1] ?? "the connection is closed"})` : reason;
  return { error: redisUnreachable({ url, reason: shown }, options), final: false };
}

/** Node's errors for several addresses have no sentence, only a code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  return "code" in error ? String(error.code) : error.name;
}
