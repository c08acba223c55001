/** What a map must do for whoever looks for a place on it. */
interface Finding {
  readonly middle: [number, number] | undefined;
  goTo(lon: number, lat: number, zoom: number): void;
  /** What was chosen is large: the very place in it is asked for. */
  askForMore?(): void;
}

/** So long nobody types on: then the server is asked. */
const PAUSE_MS = 200;

/** Some thirty metres: a mark that is moved no farther still means what was found. */
const MEANT_DEGREES = 0.0003;

/**
 * A field that finds places by name for the map of its form, or of the list of cases: a combobox over the list that the server draws. Without this script
 * its button sends the form, and the places come with the page, as links.
 */
export class PlaceSearch extends HTMLElement {
  private asked = 0;
  private pause = 0;
  private active = -1;
  private at: [number, number] | undefined;
  /** What the list answers: of another text nothing is chosen. */
  private answered: string | undefined;

  private get field(): HTMLInputElement {
    return this.querySelector('input[type=search]') as HTMLInputElement;
  }

  private get found(): HTMLElement {
    return this.querySelector('.places-found') as HTMLElement;
  }

  private get options(): HTMLAnchorElement[] {
    return [...this.found.querySelectorAll<HTMLAnchorElement>('a.place')];
  }

  connectedCallback(): void {
    const field = this.field;
    field.setAttribute('role', 'combobox');
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', 'places');
    field.addEventListener('input', () => {
      // What was pointed at answers what was typed before.
      this.point(-1);
      clearTimeout(this.pause);
      this.pause = window.setTimeout(() => void this.ask(), PAUSE_MS);
    });
    this.closest('form')?.addEventListener('change', this.moved);
    field.addEventListener('keydown', (event) => this.press(event));
    this.querySelector('button')?.addEventListener('click', (event) => {
      event.preventDefault();
      void this.ask();
    });
    this.found.addEventListener('click', (event) => {
      const at = event.target as Element;
      if (at.closest('.places-elsewhere button')) {
        event.preventDefault();
        this.field.focus();
        void this.ask(true);
        return;
      }
      const option = at.closest<HTMLAnchorElement>('a.place');
      if (!option) return;
      event.preventDefault();
      this.choose(option);
    });
    this.addEventListener('focusout', ({ relatedTarget }) => {
      if (!this.contains(relatedTarget as Node | null)) this.close();
    });
    this.answered = field.value.trim();
    if (!this.found.querySelector(':scope > #places:not(ul)')) this.dress();
  }

  /** The map of the form, or the one that shows a list of cases. */
  private get map(): (Element & Finding) | null {
    const form = this.closest('form');
    return form ? form.querySelector('area-map') : document.querySelector('case-map');
  }

  /** Ask the city's own index, or the services elsewhere: these only where somebody presses their button. */
  private async ask(outside = false): Promise<void> {
    clearTimeout(this.pause);
    const turn = ++this.asked;
    const typed = this.field.value.trim();
    const middle = outside ? undefined : this.map?.middle;
    const query = new URLSearchParams({ q: typed });
    if (outside) query.set('outside', '1');
    if (middle) {
      query.set('lon', middle[0].toFixed(6));
      query.set('lat', middle[1].toFixed(6));
    }
    try {
      const answer = typed ? await fetch(`${this.getAttribute('places')}?${query}`) : undefined;
      const drawn = answer?.ok ? await answer.text() : '';
      // What was found stays where nobody else may be asked just now.
      if (turn !== this.asked || (outside && !drawn)) return;
      this.found.innerHTML = drawn;
      this.answered = typed;
    } catch {
      // Without a connection what was found before stays; the map and the lists are there.
      return;
    }
    this.dress();
  }

  /** The list as the listbox of the field. */
  private dress(): void {
    const list = this.found.querySelector('ul');
    list?.setAttribute('role', 'listbox');
    for (const option of this.options) {
      option.parentElement?.setAttribute('role', 'none');
      option.setAttribute('role', 'option');
      option.tabIndex = -1;
    }
    this.field.setAttribute('aria-expanded', String(Boolean(list)));
    const said = this.querySelector('[role=status]');
    if (said) said.textContent = list?.dataset.said ?? this.found.textContent?.trim() ?? '';
    this.point(-1);
  }

  private point(to: number): void {
    const options = this.options;
    this.active = to;
    for (const [place, option] of options.entries()) option.setAttribute('aria-selected', String(place === to));
    const option = options[to];
    if (option) {
      this.field.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else this.field.removeAttribute('aria-activedescendant');
  }

  private press(event: KeyboardEvent): void {
    // A word that an input method is still composing is not ours.
    if (event.isComposing) return;
    const count = this.options.length;
    if (event.key === 'Enter') {
      // Never the form's own button: the place is not settled by typing.
      event.preventDefault();
      const chosen = this.options[this.active];
      if (chosen) this.choose(chosen);
      else if (!count || this.answered !== this.field.value.trim()) void this.ask();
      else if (this.found.querySelector('[data-sure]')) this.choose(this.options[0] as HTMLAnchorElement);
      // What is only similar is pointed at, never taken.
      else this.point(0);
    } else if (event.key === 'Escape' && count) {
      event.preventDefault();
      this.close();
    } else if (count && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.point(this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count);
    }
  }

  private close(): void {
    this.asked++;
    this.found.innerHTML = '';
    this.dress();
  }

  private choose(option: HTMLAnchorElement): void {
    const { lon, lat, address } = option.dataset;
    const name = option.querySelector('.place-name')?.textContent ?? '';
    this.field.value = name;
    const place = this.closest('form')?.querySelector<HTMLInputElement>('input[name=address]');
    // What somebody wrote stays.
    if (place && address && (!place.value || place.dataset.found === place.value)) {
      place.value = address;
      place.dataset.found = address;
    }
    this.close();
    this.field.focus();
    this.at = [Number(lon), Number(lat)];
    this.map?.goTo(...this.at, 17);
    if ('wide' in option.dataset) this.map?.askForMore?.();
  }

  /** The words of a place that was found lead to no other: they go when the mark is moved away from it. */
  private readonly moved = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement) || target.name !== 'lat' || !this.at) return;
    const place = target.form?.querySelector<HTMLInputElement>('input[name=address]');
    const lon = Number(target.form?.querySelector<HTMLInputElement>('input[name=lon]')?.value);
    const far = Math.hypot(lon - this.at[0], Number(target.value) - this.at[1]) > MEANT_DEGREES;
    if (far && place?.value && place.dataset.found === place.value) place.value = '';
  };
}

customElements.define('place-search', PlaceSearch);
