/** The server keeps no more of a picture than this; the phone need not carry it there. */
const LONGEST_EDGE = 2048;
const QUALITY = 0.86;
/** What is as small as this is sent as it is. */
const SMALL_BYTES = 600_000;
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const ORIENTATION = 0x0112;

/** The picture made smaller, with what its camera wrote into it of place and time. What the browser cannot draw stays as it is. */
export async function shrunk(file: File): Promise<Blob> {
  if (file.size <= SMALL_BYTES || typeof OffscreenCanvas === 'undefined') return copy(file);
  try {
    const drawn = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_EDGE / Math.max(drawn.width, drawn.height));
    const canvas = new OffscreenCanvas(Math.round(drawn.width * scale), Math.round(drawn.height * scale));
    canvas.getContext('2d')?.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    drawn.close();
    const small = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
    if (small.size >= file.size) return copy(file);
    const told = upright(exifOf(await file.slice(0, 256 * 1024).arrayBuffer()));
    return new Blob([small.slice(0, 2), told, small.slice(2)], { type: 'image/jpeg' });
  } catch {
    return copy(file);
  }
}

/** A file of the camera roll may be gone when it is wanted: its bytes are taken now. */
async function copy(file: File): Promise<Blob> {
  return new Blob([await file.arrayBuffer()], { type: file.type });
}

/** The segment in which a JPEG says what its camera wrote; empty where it has none. */
function exifOf(head: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const view = new DataView(head);
  if (view.byteLength < 12 || view.getUint16(0) !== 0xffd8) return new Uint8Array();
  for (let at = 2; at + 10 < view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (marker === START_OF_SCAN) break;
    if (marker === APP1 && view.getUint32(at + 4) === 0x45786966) return new Uint8Array(head.slice(at, at + 2 + view.getUint16(at + 2)));
  }
  return new Uint8Array();
}

/** The same, saying that the picture stands upright: drawing has turned it. */
function upright(segment: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (segment.length < 20) return segment;
  const tiff = new DataView(segment.buffer, 10);
  const little = tiff.getUint16(0) === 0x4949;
  const first = tiff.getUint32(4, little);
  for (let left = tiff.getUint16(first, little), entry = first + 2; left > 0; left--, entry += 12) {
    if (tiff.getUint16(entry, little) === ORIENTATION) tiff.setUint16(entry + 8, 1, little);
  }
  return segment;
}
