/** The one script of every page. What only some pages need (the map's engine) is fetched when the page has it. */
import 'htmx.org';
import './styles/index.css';
import './elements/area-map';
import './elements/live-case';
import './elements/live-list';
import './elements/photo-input';
import { keepCounts } from './ui/counts';
import { helpForms } from './ui/forms';
import { listenToKeys } from './ui/keyboard';
import { closeMenusOutside } from './ui/menus';
import { keepFocus } from './ui/focus';
import { followRequests } from './ui/requests';

closeMenusOutside();
listenToKeys();
helpForms();
followRequests();
keepFocus();
keepCounts();
