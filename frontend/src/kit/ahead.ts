/** Answers that were asked for before what reads them had come, by address. */
const begun = new Map<string, Promise<Response>>();

const ask = (address: string): Promise<Response> => fetch(address, { headers: { Accept: 'application/json, image/svg+xml' } });

/** Begin to fetch what `fetched` will be asked for. */
export function fetchEarly(address: string): void {
  if (begun.has(address)) return;
  const answer = ask(address);
  begun.set(address, answer);
  // Who takes the answer is told; that nobody does is no fault.
  answer.catch(() => undefined);
}

/** The answer of an address begun before or now. Raises what the network raises. */
export async function fetched(address: string): Promise<Response> {
  const early = begun.get(address);
  begun.delete(address);
  return (await early?.catch(() => undefined)) ?? ask(address);
}
