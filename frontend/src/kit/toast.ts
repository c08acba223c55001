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
  const timer = () => {
    if (box.matches(':hover, :focus-within')) setTimeout(timer, 1000);
    else box.remove();
  };
  setTimeout(timer, stay);
}
