import { t } from './strings';

export interface ToastOptions {
  tone?: 'plain' | 'urgent';
  /** Shown as a button; the toast closes when it is pressed. */
  undo?: () => void;
  /** Milliseconds until the toast leaves by itself. */
  stay?: number;
}

/** Say something at the foot of the page. Returns a function that takes the words away again. */
export function toast(words: string, { tone = 'plain', undo, stay = 6000 }: ToastOptions = {}): () => void {
  const place = document.querySelector('.toasts');
  if (!place) return () => undefined;
  const box = document.createElement('div');
  box.className = 'toast';
  box.dataset['tone'] = tone;
  const text = document.createElement('span');
  text.textContent = words;
  box.append(text);
  const leave = () => box.remove();
  if (undo) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button button-small';
    button.textContent = t('undo');
    button.addEventListener('click', () => {
      leave();
      undo();
    });
    box.append(button);
  }
  place.append(box);
  leaveLater(box, stay);
  return leave;
}

/** Take a toast away after a while. Words that a person is reading, or a button under the pointer, stay. */
export function leaveLater(box: Element, stay = 6000): void {
  const place = box.parentElement;
  // What stands where is known once the page is whole; the buttons of a map come without a change of its size.
  const look = () => {
    if (place && box.isConnected) return standAside(place);
    for (const watch of watches) watch.disconnect();
  };
  const watches = [new ResizeObserver(look), new MutationObserver(look)] as const;
  watches[0].observe(document.body);
  watches[1].observe(document.body, { childList: true, subtree: true });
  const timer = () => {
    if (box.matches(':hover, :focus-within')) setTimeout(timer, 1000);
    else box.remove();
  };
  setTimeout(timer, stay);
}

const BUTTONS = ':is(main, .bottom-bar) :is(button, .button)';

/** Toasts stand at the foot of the page, or at its head where they would lie over a button there. */
function standAside(place: HTMLElement): void {
  delete place.dataset['at'];
  if (covers(place)) {
    place.dataset['at'] = 'head';
    if (covers(place)) delete place.dataset['at'];
  }
}

function covers(place: HTMLElement): boolean {
  const { left, right, top, bottom } = place.getBoundingClientRect();
  return [...document.querySelectorAll(BUTTONS)].some((button) => {
    const at = button.getBoundingClientRect();
    return at.width > 0 && at.left < right && at.right > left && at.top < bottom && at.bottom > top;
  });
}
