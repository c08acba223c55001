import { LOOK_CHANGED } from '../kit/look';
import { t } from '../kit/strings';
import { toast } from '../kit/toast';
import { keepTyped } from '../kit/typed';

/**
 * Type size and colours change in the page itself and are stored behind it; another language needs the page anew, and
 * what was typed comes along. Without this the form is sent and the page is loaded.
 */
export function changeInPlace(): void {
  document.addEventListener('submit', (event) => {
    const [form, button] = [event.target, event.submitter];
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-preferences')) return;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const failed = () => void toast(t('request_failed'), { tone: 'urgent' });
    if (button.name === 'language') void store(form, button).then(() => loadAnew(form), failed);
    else {
      wear(button);
      store(form, button).catch(failed);
    }
  });
}

/** What the server would set on the page. */
function wear(button: HTMLButtonElement): void {
  document.documentElement.dataset[button.name] = button.value;
  for (const other of button.parentElement?.querySelectorAll('button') ?? []) {
    other.setAttribute('aria-pressed', String(other === button));
  }
  document.dispatchEvent(new Event(LOOK_CHANGED));
}

async function store(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const body = new FormData(form);
  body.set(button.name, button.value);
  // The answer leads to a page that nobody looks at.
  const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
  if (!answer.ok && answer.type !== 'opaqueredirect') throw new Error(String(answer.status));
}

function loadAnew(preferences: HTMLFormElement): void {
  const form = document.querySelector<HTMLFormElement>('form[data-again]');
  if (form) {
    // The form itself carries what it holds, pictures too, to the step that shows it again.
    form.querySelector('input[name=go]')?.remove();
    form.action = form.dataset['again'] ?? '';
    form.submit();
    return;
  }
  const page = preferences.querySelector<HTMLInputElement>('input[data-page]')?.value ?? location.pathname + location.search;
  keepTyped(new URL(page, location.href).pathname);
  location.replace(page);
}
