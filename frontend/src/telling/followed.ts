/** Which reports this device is told of, and the page of each: kept here alone, so that a press on a message opens it. */
const SHELF = 'gezhi-followed';
/** As long as an address is kept at the city by default; afterwards no message comes. */
const KEPT = 180 * 24 * 3_600_000;
const UNTIL = 'Gezhi-Until';

const keyOf = (number: string): string => `/follow?of=${encodeURIComponent(number)}`;
const isOver = (kept: Response): boolean => Number(kept.headers.get(UNTIL)) < Date.now();

/** Keep the page of a report; with an empty one only that messages of it come here. */
export async function remember(number: string, page: string): Promise<void> {
  const shelf = await caches.open(SHELF);
  await shelf.put(keyOf(number), new Response(page, { headers: { [UNTIL]: String(Date.now() + KEPT) } }));
}

/** The page of a report, where it is known. */
export async function pageOf(number: string): Promise<string | undefined> {
  const kept = await caches.match(keyOf(number), { cacheName: SHELF });
  if (!kept || isOver(kept)) return undefined;
  return (await kept.text()) || undefined;
}

/** Forget a report; of how many others messages still come here. */
export async function forget(number: string): Promise<number> {
  const shelf = await caches.open(SHELF);
  await shelf.delete(keyOf(number));
  for (const request of await shelf.keys()) {
    const kept = await shelf.match(request);
    if (!kept || isOver(kept)) await shelf.delete(request);
  }
  return (await shelf.keys()).length;
}
