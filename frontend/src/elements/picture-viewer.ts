import '../styles/viewer.css';
import { t } from '../kit/strings';

/** Show the picture that a link leads to over the page, with the way back and to its neighbours. The arrow keys go through them. */
export function showPicture(first: HTMLAnchorElement): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('a[data-picture]')];
  let here = links.indexOf(first);
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog viewer';
  const [image, words, buttons] = [document.createElement('img'), document.createElement('p'), document.createElement('div')];
  words.role = 'status';
  buttons.className = 'dialog-buttons';
  const button = (label: string, press: () => void): HTMLButtonElement => {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'button';
    made.textContent = label;
    made.addEventListener('click', press);
    buttons.append(made);
    return made;
  };
  const show = (step: number) => {
    here = Math.min(links.length - 1, Math.max(0, here + step));
    const link = links[here];
    if (!link) return;
    // The link leads to a page about the picture, for whoever opens it by itself.
    image.src = link.querySelector('img')?.src ?? link.href;
    image.alt = link.dataset['picture'] ?? '';
    words.textContent = links.length > 1 ? `${image.alt} · ${here + 1} / ${links.length}` : image.alt;
    before.disabled = here === 0;
    after.disabled = here === links.length - 1;
  };
  const before = button(t('picture_before'), () => show(-1));
  const after = button(t('picture_after'), () => show(1));
  before.hidden = after.hidden = links.length < 2;
  const back = button(t('picture_back'), () => dialog.close());
  dialog.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowLeft' || key === 'ArrowRight') show(key === 'ArrowLeft' ? -1 : 1);
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    links[here]?.focus();
  });
  dialog.setAttribute('aria-label', t('picture_label'));
  dialog.append(image, words, buttons);
  show(0);
  document.body.append(dialog);
  dialog.showModal();
  back.focus();
}
