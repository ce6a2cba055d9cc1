// The cluster part: who is there, and who has what.
export { type About, type Cluster, type ClusterOptions, openCluster } from "./cluster.ts";
export { Errands } from "./errands.ts";
export { consumerName, type MemberCard, memberLease } from "./member.ts";
export type { Ownership, PartHolder, Shared } from "./ownership.ts";
