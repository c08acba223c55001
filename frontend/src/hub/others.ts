/** Who else has the open case open: said, and asked, each twenty seconds while the page is in sight. */
const EVERY = 20_000;
let timer: ReturnType<typeof setInterval> | undefined;

export function watchOthers(): void {
  clearInterval(timer);
  timer = setInterval(() => void ask(), EVERY);
  document.addEventListener('visibilitychange', asked);
  asked();
}

export function leaveOthers(): void {
  clearInterval(timer);
  document.removeEventListener('visibilitychange', asked);
}

/** Another case is open, or a form: it is said at once. */
export function asked(): void {
  void ask();
}

async function ask(): Promise<void> {
  const place = document.querySelector<HTMLElement>('#case [data-others]');
  const token = document.querySelector<HTMLInputElement>('[name=csrfmiddlewaretoken]')?.value;
  if (!place || !token || document.visibilityState === 'hidden') return;
  const body = new URLSearchParams({ csrfmiddlewaretoken: token });
  if (document.querySelector('#case dialog[open]')) body.set('writing', '1');
  // Nobody waits for this: what fails is asked again.
  const answer = await fetch(place.dataset['others'] ?? '', { method: 'POST', body }).catch(() => undefined);
  if (!answer?.ok) return;
  const { words } = (await answer.json()) as { words: string };
  place.textContent = words;
  place.hidden = words === '';
}
