// A node type on its way from the palette to the canvas, as a browser drag.
const MEDIA_TYPE = "application/x-millrace-type";

export function carry(transfer: DataTransfer, type: string): void {
  transfer.setData(MEDIA_TYPE, type);
  transfer.setData("text/plain", type);
  transfer.effectAllowed = "copy";
}

/** Whether a drag carries a node type; what it is can only be read at the drop. */
export function carries(transfer: DataTransfer): boolean {
  return transfer.types.includes(MEDIA_TYPE);
}

export function carried(transfer: DataTransfer): string | null {
  return transfer.getData(MEDIA_TYPE) || null;
}
