import { Page } from './page.js';
import { keptProfile, profileOfLink } from './profile.js';

const linked = profileOfLink(location.hash);
// A key does not belong into the history of a browser.
if (linked) history.replaceState(null, '', location.pathname);
new Page(linked ?? keptProfile(localStorage));
