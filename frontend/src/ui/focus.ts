/** Where the keyboard is: at what went wrong when a form comes back, and where it came from when a window closes. */
export function keepFocus(): void {
  atWhatWentWrong();
  document.addEventListener('htmx:after:swap', atWhatWentWrong);
  // A window that opened by itself (a form that came back with an error) has no opener to give the focus back to.
  document.addEventListener(
    'close',
    (event) => {
      const dialog = event.target;
      if (!(dialog instanceof HTMLDialogElement)) return;
      setTimeout(() => {
        if (document.activeElement && document.activeElement !== document.body) return;
        const opener = document.querySelector<HTMLElement>(`[data-dialog="${CSS.escape(dialog.id)}"]`);
        (opener ?? document.querySelector<HTMLElement>('[data-focus], #main'))?.focus();
      });
    },
    true,
  );
}

function atWhatWentWrong(): void {
  const dialog = document.querySelector('dialog[open]');
  const field = dialog?.querySelector<HTMLElement>('[data-invalid] :is(input, select, textarea)');
  const told = document.querySelector<HTMLElement>('.error-summary, main [data-invalid] :is(input, select, textarea)');
  const banner = document.querySelector<HTMLElement>('main form > .banner[role=alert]');
  const first = banner?.closest('form')?.querySelector<HTMLElement>('input:not([type=hidden])');
  (field ?? told ?? first)?.focus();
}
