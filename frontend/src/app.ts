/** The one script of every page. What only some pages need (the map's engine) is fetched when the page has it. */
import 'htmx.org';
import './styles/index.css';
import { keepCounts } from './ui/counts';
import { fetchElements } from './ui/elements';
import { helpForms } from './ui/forms';
import { listenToKeys } from './ui/keyboard';
import { clearMended } from './ui/mended';
import { closeMenusOutside } from './ui/menus';
import { keepFocus } from './ui/focus';
import { keepOwnPages } from './ui/own';
import { dressPlain, takeOwnAddress } from './ui/plain';
import { changeInPlace } from './ui/preferences';
import { followRequests } from './ui/requests';
import { catchUpLists, putBackTyped } from './ui/typed';

fetchElements();
dressPlain();
takeOwnAddress();
closeMenusOutside();
listenToKeys();
helpForms();
clearMended();
changeInPlace();
followRequests();
// Once htmx listens: suggestions follow what is put back.
setTimeout(() => {
  putBackTyped();
  catchUpLists();
});
keepFocus();
keepCounts();
keepOwnPages();
