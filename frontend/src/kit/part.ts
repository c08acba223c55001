/** A part of a page as it is now; nothing where the server gives none or cannot be reached. */
export async function fetchPart(address: string): Promise<Document | undefined> {
  const answer = await askPart(address).catch(() => undefined);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : undefined;
}

/**
 * Ask as a part of the page that is on the screen. Where the server does not know its reader any more (401), or says that
 * the page is not theirs any more (HX-Refresh), it is loaded anew, so that the server says what is so and nothing of the cases stays in sight.
 */
export async function askPart(address: string | URL, asked: RequestInit = {}): Promise<Response> {
  const answer = await fetch(address, { ...asked, headers: { 'HX-Request': 'true', 'HX-Current-URL': location.href, ...asked.headers } });
  if (answer.status === 401 || answer.headers.has('HX-Refresh')) loadAnew();
  return answer;
}

const LOADED = 'gezhi.anew';
// A page that opens although one of its parts is refused is not loaded over and over (milliseconds).
const ONCE_IN = 60_000;

/** Load the page anew, once. */
export function loadAnew(): void {
  try {
    const [address, at] = JSON.parse(sessionStorage.getItem(LOADED) ?? '[]') as [string?, number?];
    if (address === location.href && Date.now() - (at ?? 0) < ONCE_IN) return;
    sessionStorage.setItem(LOADED, JSON.stringify([location.href, Date.now()]));
  } catch {
    // A browser that keeps nothing could not count.
    return;
  }
  location.reload();
}
