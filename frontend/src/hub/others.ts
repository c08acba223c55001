import { askPart } from '../kit/part';

/** Who else has the open case open: said, and asked, each twenty seconds while the page is in sight. */
const EVERY = 20_000;
let timer: ReturnType<typeof setInterval> | undefined;
let said = Promise.resolve();

export function watchOthers(): void {
  clearInterval(timer);
  timer = setInterval(asked, EVERY);
  document.addEventListener('visibilitychange', asked);
  asked();
}

export function leaveOthers(): void {
  clearInterval(timer);
  document.removeEventListener('visibilitychange', asked);
}

/** Another case is open, or a form: it is said at once, but never overtakes what was said before it. */
export function asked(): void {
  said = said.then(ask);
}

async function ask(): Promise<void> {
  const place = document.querySelector<HTMLElement>('#case [data-others]');
  const token = document.querySelector<HTMLInputElement>('[name=csrfmiddlewaretoken]')?.value;
  if (!place || !token || document.visibilityState === 'hidden') return;
  const body = new URLSearchParams({ csrfmiddlewaretoken: token });
  if (document.querySelector('#case dialog[open]')) body.set('writing', '1');
  // What fails is asked again; what hangs holds up no more than one round.
  const answer = await askPart(place.dataset['others'] ?? '', {
    method: 'POST',
    body,
    signal: AbortSignal.timeout(EVERY),
  }).catch(() => undefined);
  if (!answer?.ok) return;
  const told = (await answer.json().catch(() => undefined)) as { words: string } | undefined;
  if (!told) return;
  const { words } = told;
  place.textContent = words;
  place.hidden = words === '';
}
