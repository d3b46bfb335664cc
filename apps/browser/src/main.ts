import { takeFromAddress } from './address.js';
import { STORE } from './kept-values.js';
import { Page } from './page.js';
import { keptProfile } from './profile.js';

const linked = takeFromAddress();
const page = new Page(keptProfile(STORE));
page.follow(linked);
// A link that is opened in this tab does not load the page anew.
window.addEventListener('hashchange', () => page.follow(takeFromAddress()));
