// The order of entries, by their ids `<ms>-<number>`.

export function compareEntryIds(left: string, right: string): number {
  const [leftMs = "0", leftNumber = "0"] = left.split("-");
  const [rightMs = "0", rightNumber = "0"] = right.split("-");
  const difference = BigInt(leftMs) - BigInt(rightMs) || BigInt(leftNumber) - BigInt(rightNumber);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
