/** A part of a page as it is now; nothing where the server gives none or cannot be reached. */
export async function fetchPart(address: string): Promise<Document | undefined> {
  const answer = await fetch(address, { headers: { 'HX-Request': 'true' } }).catch(() => undefined);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : undefined;
}
