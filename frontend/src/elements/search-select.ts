import { t } from '../kit/strings';
import '../styles/search-select.css';

/**
 * A list of many choices that is searched by typing, by their names in either language (`data-also`): the `select` inside stays the
 * form's field, and is all that a page without a script shows. Arrows move the choice, what is typed leaves only what matches, and
 * Enter or a press takes the choice: its name stands in the field then, the list is closed, and the next field is the one to write
 * in. Escape closes the list and leaves the choice as it was; a dialog around it closes with the next Escape.
 */
export class SearchSelect extends HTMLElement {
  private select: HTMLSelectElement | null = null;
  private readonly field = document.createElement('input');
  private readonly list = document.createElement('ul');
  private taken: HTMLOptionElement | null = null;
  private around: HTMLElement | null = null;
  private readonly leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || this.list.hidden) return;
    event.preventDefault();
    if (this.taken) this.taken.selected = true;
    this.show();
  };

  connectedCallback(): void {
    const select = this.querySelector('select');
    if (!select) return;
    this.around = this.closest('dialog') ?? this;
    this.around.addEventListener('keydown', this.leave);
    if (this.select) return;
    this.select = select;
    const id = `${select.id}-list`;
    Object.assign(this.field, { className: 'input', type: 'search', autocomplete: 'off', placeholder: t('select_search') });
    this.field.id = `${select.id}-search`;
    for (const [name, value] of [['role', 'combobox'], ['aria-expanded', 'true'], ['aria-controls', id], ['aria-autocomplete', 'list']] as const) this.field.setAttribute(name, value);
    Object.assign(this.list, { id, className: 'select-list' });
    this.list.setAttribute('role', 'listbox');
    const label = document.querySelector<HTMLLabelElement>(`label[for="${select.id}"]`);
    if (label) {
      label.htmlFor = this.field.id;
      label.id ||= `${select.id}-label`;
      this.list.setAttribute('aria-labelledby', label.id);
    }
    this.append(this.field, this.list);
    this.field.addEventListener('input', () => this.narrow());
    this.field.addEventListener('focus', () => this.field.select());
    this.field.addEventListener('keydown', (event) => this.walk(event));
    this.list.addEventListener('click', (event) => this.press(event));
    this.taken = select.selectedOptions[0] ?? null;
    this.draw();
    if (this.closest('dialog[open]')) this.field.focus();
  }

  disconnectedCallback(): void {
    this.around?.removeEventListener('keydown', this.leave);
  }

  private get fitting(): HTMLOptionElement[] {
    const words = this.field.value.trim().toLowerCase().split(/\s+/);
    return [...(this.select?.options ?? [])].filter((option) => {
      const names = `${option.text} ${option.dataset['also'] ?? ''}`.toLowerCase();
      return words.every((word) => names.includes(word));
    });
  }

  private narrow(): void {
    const [first] = this.fitting;
    if (first && this.select && !this.fitting.includes(this.select.selectedOptions[0] as HTMLOptionElement)) first.selected = true;
    this.draw();
  }

  /** The choice is made: its name is what the field says. */
  private take(): void {
    this.taken = this.select?.selectedOptions[0] ?? null;
    if (!this.taken) return;
    this.show();
    this.field.form?.querySelector<HTMLElement>('textarea')?.focus();
  }

  /** The list is closed, and the field says what is chosen. */
  private show(): void {
    this.field.value = this.select?.selectedOptions[0]?.text ?? '';
    this.list.hidden = true;
    this.field.setAttribute('aria-expanded', 'false');
  }

  private walk(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (this.fitting.length > 0) this.take();
      return;
    }
    if (this.list.hidden && event.key === 'ArrowDown') {
      this.field.value = '';
      this.draw();
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const found = this.fitting;
    if (!step || !this.select || found.length === 0) return;
    event.preventDefault();
    const here = found.indexOf(this.select.selectedOptions[0] as HTMLOptionElement);
    const next = found[Math.min(found.length - 1, Math.max(0, here + step))];
    // By the option and not by its value: what is suggested stands in the whole list once more.
    if (next) next.selected = true;
    this.draw();
  }

  private press(event: Event): void {
    const item = (event.target as Element).closest<HTMLElement>('[data-index]');
    if (!item || !this.select) return;
    this.select.selectedIndex = Number(item.dataset['index']);
    this.take();
  }

  private draw(): void {
    this.list.hidden = false;
    this.field.setAttribute('aria-expanded', 'true');
    const items: HTMLElement[] = [];
    let group: string | undefined;
    for (const option of this.fitting) {
      const of = option.parentElement instanceof HTMLOptGroupElement ? option.parentElement.label : '';
      if (of && of !== group) {
        const heading = document.createElement('li');
        heading.setAttribute('role', 'presentation');
        heading.className = 'select-group';
        heading.textContent = of;
        items.push(heading);
      }
      group = of;
      const item = document.createElement('li');
      item.id = `${this.list.id}-${option.index}`;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', String(option.selected));
      item.dataset['index'] = String(option.index);
      item.textContent = option.text;
      items.push(item);
    }
    if (items.length === 0) {
      const none = document.createElement('li');
      none.className = 'select-group';
      none.textContent = t('select_none');
      items.push(none);
    }
    this.list.replaceChildren(...items);
    const current = this.list.querySelector<HTMLElement>('[aria-selected=true]');
    this.field.setAttribute('aria-activedescendant', current?.id ?? '');
    // The list moves under the choice, and the page stays where it is.
    if (current) this.list.scrollTop = current.offsetTop - this.list.clientHeight / 2;
  }
}

customElements.define('search-select', SearchSelect);
