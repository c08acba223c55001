import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type Taken, takenAt } from '../kit/exif';
import { icon } from '../kit/icon';
import { t } from '../kit/strings';

interface Picked {
  file: File;
  address: string;
  /** Where it was taken, once that is read. */
  taken?: Taken | undefined;
  /** Whether it goes without its place. */
  bare?: boolean;
}

/**
 * A file field that shows what was chosen and refuses what the server would refuse. It reads size, type and where a picture was
 * taken, and has the browser try to show it: what it cannot show is no picture. Says `taken` when the places have changed.
 */
@customElement('photo-input')
export class PhotoInput extends LitElement {
  @property({ type: Number, attribute: 'max-count' }) maxCount = 4;
  @property({ type: Number, attribute: 'max-bytes' }) maxBytes = 12 * 1024 * 1024;
  @state() private picked: Picked[] = [];
  @state() private problem = '';
  @state() private over = false;

  private get field(): HTMLInputElement | null {
    return this.querySelector('input[type=file]');
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.field?.addEventListener('change', this.choose);
    // Chosen before this script came.
    if (this.field?.files?.length) this.choose();
    this.addEventListener('dragover', this.drag);
    this.addEventListener('dragleave', this.leave);
    this.addEventListener('drop', this.drop);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.field?.removeEventListener('change', this.choose);
    for (const { address } of this.picked) URL.revokeObjectURL(address);
  }

  private readonly drag = (event: DragEvent) => {
    event.preventDefault();
    this.over = true;
  };

  private readonly leave = () => {
    this.over = false;
  };

  private readonly drop = (event: DragEvent) => {
    event.preventDefault();
    this.over = false;
    this.add([...(event.dataTransfer?.files ?? [])]);
  };

  private readonly choose = () => this.add([...(this.field?.files ?? [])]);

  private add(files: File[]): void {
    this.problem = '';
    for (const file of files) {
      if (!file.type.startsWith('image/')) this.problem = t('photo_not_image', { name: file.name });
      else if (file.size > this.maxBytes) {
        this.problem = t('photo_too_large', { name: file.name, limit: Math.round(this.maxBytes / 1_000_000) });
      } else if (this.picked.length >= this.maxCount) this.problem = t('photo_too_many', { limit: this.maxCount });
      else if (!this.picked.some((other) => other.file.name === file.name && other.file.size === file.size)) {
        const picked = { file, address: URL.createObjectURL(file) };
        this.picked = [...this.picked, picked];
        void this.readPlace(picked);
      }
    }
    this.write();
  }

  private async readPlace(picked: Picked): Promise<void> {
    picked.taken = await takenAt(picked.file).catch(() => undefined);
    if (picked.taken) this.tellPlaces();
  }

  private tellPlaces(): void {
    this.dispatchEvent(new CustomEvent('taken', { bubbles: true }));
  }

  /** Where the pictures were taken that go with their places. */
  get taken(): Taken[] {
    return this.picked.flatMap(({ taken, bare }) => (taken && !bare ? [taken] : []));
  }

  /** Whether the pictures chosen so far go without their places. */
  leaveOutPlaces(bare: boolean): void {
    for (const picked of this.picked) picked.bare = bare;
    this.write();
  }

  /** Say something where the problems of pictures are said. */
  tell(words: string): void {
    this.problem = words;
  }

  private leaveOut(gone: Picked, problem = ''): void {
    URL.revokeObjectURL(gone.address);
    this.picked = this.picked.filter((other) => other !== gone);
    this.problem = problem;
    this.write();
    this.tellPlaces();
    this.field?.focus();
  }

  /** The field itself holds what is sent: without this script the form works all the same. */
  private write(): void {
    const holder = new DataTransfer();
    for (const { file, taken, bare } of this.picked) holder.items.add((bare && taken?.bare) || file);
    if (this.field) this.field.files = holder.files;
  }

  protected override render() {
    return html`
      ${this.problem ? html`<p class="field-error" role="alert">${icon('warn')}<span>${this.problem}</span></p>` : nothing}
      ${this.picked.length > 0
        ? html`<ul class="photos" role="list">
            ${this.picked.map(
              (picked) => html`<li class="photo">
                <img
                  src=${picked.address}
                  alt=${picked.file.name}
                  @error=${() => this.leaveOut(picked, t('photo_unreadable', { name: picked.file.name }))}
                />
                <button
                  type="button"
                  @click=${() => this.leaveOut(picked)}
                  aria-label=${t('photo_remove', { name: picked.file.name })}
                >
                  ✕
                </button>
              </li>`,
            )}
          </ul>`
        : nothing}
    `;
  }

  protected override updated(): void {
    this.querySelector('.photo-drop')?.toggleAttribute('data-over', this.over);
  }
}
